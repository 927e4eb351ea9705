// What the page of a picture needs once somebody does something: most is told after a decision.

export { settle } from "./answers.js";
export { goBack, skip, toggle } from "./passing.js";
export { peek } from "./peek.js";
export { ask, tellKept } from "./reasons.js";
export { sendAll } from "./sending_all.js";
export { redo, undo } from "./taking_back.js";

// After the others: what hashes the names takes a line like this and the next "from" for one.
import "./pace.js";

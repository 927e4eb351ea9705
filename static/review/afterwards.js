// What the page of a picture needs once somebody does something: most is told after a decision.

import "./delivering.js";
import "./pace.js";

export { settle } from "./answers.js";
export { goBack, skip, toggle } from "./passing.js";
export { peek } from "./peek.js";
export { ask } from "./reasons.js";
export { sendAll } from "./sending_all.js";
export { redo, undo } from "./taking_back.js";

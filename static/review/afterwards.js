// What the page of a picture needs once somebody does something: most is told after a decision.

export { goBack, skip, toggle } from "./passing.js";
export { ask } from "./reasons.js";
export { sendAll } from "./sending_all.js";
export { undo } from "./taking_back.js";

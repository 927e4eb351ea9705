// Turns on the keys of a page that has nothing else to do with them.

import { listen } from "./shortcuts.js";

listen();

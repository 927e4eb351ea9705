// Sends a file in parts, each tried again while the server cannot be reached, from where it was.

const TRIES = 5;
const FIRST_PAUSE_MS = 1000;

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

// `row` is the import's; `post` sends fields and returns its next row, `show` puts that in place.
export async function sendInParts(file, row, { partBytes, post, show }) {
  const address = row.dataset.parts;
  let now = row;
  while (now.dataset.state === "receiving") {
    const offset = Number(now.dataset.received);
    const part = file.slice(offset, offset + partBytes);
    now = await persistently(() => post(address, { part, offset }));
    show(now.cloneNode(true));
  }
}

async function persistently(act) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await act();
    } catch (error) {
      if (error.isFinal || tries === TRIES) throw error;
      await pause(FIRST_PAUSE_MS * 2 ** (tries - 1));
    }
  }
}

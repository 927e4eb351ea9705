// What is kept on this device, which may forbid it or have no room.

export function recalled(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function remember(name, text) {
  try {
    localStorage.setItem(name, text);
  } catch {
    // It holds as long as the page is there.
  }
}

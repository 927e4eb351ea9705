// Files that are dropped anywhere on the page, pasted, or chosen in `input`, if there is one.
// `receive` gets them, and of a drop the transfer too, which alone knows of folders.

const isEditable = (element) => element.closest?.("input:not([type=file]), textarea");

export function onFiles(zone, input, receive) {
  let depth = 0;
  const mark = (isOver) => zone.classList.toggle("is-over", isOver);
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");

  document.addEventListener("dragenter", (event) => {
    if (hasFiles(event)) mark((depth += 1) > 0);
  });
  document.addEventListener("dragleave", (event) => {
    if (hasFiles(event)) mark((depth = Math.max(0, depth - 1)) > 0);
  });
  document.addEventListener("dragover", (event) => {
    if (hasFiles(event)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    mark((depth = 0) > 0);
    const files = [...(event.dataTransfer?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    receive(files, event.dataTransfer);
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length || isEditable(event.target)) return;
    event.preventDefault();
    receive(files);
  });
  input?.addEventListener("change", () => {
    if (input.files.length) receive([...input.files]);
  });
}

// Shows which picture was chosen, before the server has seen it.

export function showChosen(form, input) {
  const picture = form.querySelector("[data-chosen-picture]");
  const name = form.querySelector("[data-chosen-name]");
  const [file] = input.files;
  URL.revokeObjectURL(picture.src);
  // A picture that cannot be drawn here may still be one: the server says.
  picture.onerror = () => { picture.hidden = true; };
  if (file) picture.src = URL.createObjectURL(file);
  else picture.removeAttribute("src");
  picture.hidden = !file;
  name.textContent = file?.name ?? "";
  name.hidden = !file;
  form.querySelector("[data-chosen-icon]").toggleAttribute("hidden", Boolean(file));
}

// Puts a file that was dropped or pasted where a chosen one would be.
export function choose(form, input, file) {
  const chosen = new DataTransfer();
  chosen.items.add(file);
  input.files = chosen.files;
  showChosen(form, input);
}

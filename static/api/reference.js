// Shows the description of the API; Swagger UI is loaded before.

const place = document.querySelector("[data-schema]");

window.SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  presets: [window.SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  validatorUrl: null,
  // The page has its own.
  onComplete: () => place.querySelector("main")?.setAttribute("role", "group"),
});

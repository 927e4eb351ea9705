// Shows the description of the API; Swagger UI is loaded before.

const place = document.querySelector("[data-schema]");

// Its own layout has a <main>, of which a page has one; and a link inside each button that opens the
// same.
const asPartOfAPage = ({ React }) => ({
  components: {
    DeepLink: ({ text }) => React.createElement("span", null, text),
    ReferenceLayout({ getComponent, specSelectors }) {
      const names = ["errors"];
      if (specSelectors.loadingStatus() === "success") names.push("AuthorizeBtnContainer", "operations", "Models");
      const parts = names.map((name) => React.createElement(getComponent(name, true), { key: name }));
      return React.createElement("div", { className: "swagger-ui" }, React.createElement(getComponent("SvgAssets")), parts);
    },
  },
});

// Fields are named by their row, and what scrolls sideways is reached by the keyboard.
function nameFields() {
  for (const row of place.querySelectorAll("tr[data-param-name]")) {
    for (const field of row.querySelectorAll(":is(input, select, textarea):not([aria-label])")) {
      field.setAttribute("aria-label", row.dataset.paramName);
    }
  }
  for (const each of place.querySelectorAll("pre:not([tabindex])")) each.tabIndex = 0;
}

window.SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  presets: [window.SwaggerUIBundle.presets.apis],
  plugins: [asPartOfAPage],
  layout: "ReferenceLayout",
  deepLinking: true,
  validatorUrl: null,
});
new MutationObserver(nameFields).observe(place, { childList: true, subtree: true });

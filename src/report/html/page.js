(() => {
  "use strict";
  const entries = [...document.querySelectorAll("main details, main li[data-entry]")];
  const texts = entries.map((entry) => entry.textContent.toLowerCase());
  const search = document.getElementById("search");
  const found = document.getElementById("found");
  document.querySelector(".tools").hidden = false;

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    entries.forEach((entry, n) => {
      const fits = words.every((word) => texts[n].includes(word));
      entry.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    found.textContent = words.length ? `${shown} of ${entries.length} shown` : "";
  };
  const all = (open) => entries.forEach((entry) => { entry.open = open; });
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.matches("details")) {
      target.hidden = false;
      target.open = true;
      target.scrollIntoView();
      target.querySelector("summary").focus();
    }
  };

  search.addEventListener("input", filter);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      search.value = "";
      filter();
    }
  });
  document.getElementById("open").addEventListener("click", () => all(true));
  document.getElementById("close").addEventListener("click", () => all(false));
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && event.target !== search) {
      event.preventDefault();
      search.focus();
    }
  });
  let before = [];
  addEventListener("beforeprint", () => {
    before = entries.map((entry) => entry.open);
    all(true);
  });
  addEventListener("afterprint", () => entries.forEach((entry, n) => { entry.open = before[n]; }));
  addEventListener("hashchange", reveal);
  reveal();
})();

(function () {
  "use strict";
  // Two things only: clocks count on, and what a reader has opened stays open when a piece of a page is renewed.
  // Every page says everything without this file.
  const page = document.documentElement;
  let ahead = Date.parse(page.dataset.now) - Date.now();

  function two(number) { return String(number).padStart(2, "0"); }

  function left(milliseconds) {
    const all = Math.floor(milliseconds / 1000), days = Math.floor(all / 86400), rest = all % 86400;
    const time = Math.floor(rest / 3600) + ":" + two(Math.floor(rest / 60) % 60) + ":" + two(rest % 60);
    const [plain, withDays] = page.dataset.clock.split("|");
    return (days ? withDays : plain).replace("@days", String(days)).replace("@time", time);
  }

  function tick() {
    const now = Date.now() + ahead;
    document.querySelectorAll("[data-until]").forEach((clock) => {
      const remaining = Date.parse(clock.dataset.until) - now;
      const text = remaining > 0 ? left(remaining) : page.dataset.over;
      if (clock.textContent !== text) clock.textContent = text;
      clock.classList.toggle("soon", remaining > 0 && remaining < 600000);
      clock.classList.toggle("over", remaining <= 0);
    });
  }

  tick();
  setInterval(tick, 1000);

  document.addEventListener("htmx:afterRequest", (event) => {
    const told = event.detail.xhr && event.detail.xhr.getResponseHeader("X-Tarazy-Now");
    if (told) ahead = Date.parse(told) - Date.now();
  });

  let opened = new Map(), scrolled = new Map();
  document.addEventListener("htmx:beforeSwap", () => {
    document.querySelectorAll("details[id]").forEach((part) => opened.set(part.id, part.open));
    document.querySelectorAll(".scroll[id]").forEach((part) => scrolled.set(part.id, part.scrollLeft));
  });
  document.addEventListener("htmx:afterSwap", () => {
    document.querySelectorAll("details[id]").forEach((part) => {
      if (opened.has(part.id)) part.open = opened.get(part.id);
    });
    document.querySelectorAll(".scroll[id]").forEach((part) => { part.scrollLeft = scrolled.get(part.id) || 0; });
    tick();
  });
})();

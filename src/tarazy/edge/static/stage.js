(function () {
  "use strict";
  // After a step was played, show it through the eyes of whom it is about. Everything works without this file.
  function latest() {
    const live = document.getElementById("live");
    return live ? live.dataset.latest : "";
  }

  let shown = latest();
  document.addEventListener("htmx:afterSwap", () => {
    const live = document.getElementById("live");
    if (!live || live.dataset.latest === shown) return;
    shown = live.dataset.latest;
    const frame = document.querySelector("iframe[name=person]");
    if (frame && live.dataset.role) frame.src = live.dataset.role;
  });
})();

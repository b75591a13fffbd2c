(function () {
  "use strict";
  // Keys for the inbox, and a count under each field of reasons. All works without it: links name the fields themselves.
  const KEPT = "tarazy-desk-keys";
  const FIELDS = { confirm: "confirm-reasons", narrow: "keep", release: "release-reasons" };
  const rows = () => [...document.querySelectorAll("[data-row]:not([hidden])")];
  const box = document.querySelector("[data-keys]");

  function keysAreOn() {
    try { return localStorage.getItem(KEPT) !== "off"; } catch { return true; }
  }

  if (box) {
    box.checked = keysAreOn();
    box.addEventListener("change", () => {
      try { localStorage.setItem(KEPT, box.checked ? "on" : "off"); } catch { /* not kept, then */ }
    });
  }

  function chosen() {
    const here = document.activeElement && document.activeElement.closest("[data-row]");
    return here || null;
  }

  function move(by) {
    const all = rows();
    if (!all.length) return;
    const now = all.indexOf(chosen());
    const next = now < 0 ? 0 : Math.min(all.length - 1, Math.max(0, now + by));
    all[next].querySelector(".row-link").focus();
    all[next].scrollIntoView({ block: "nearest" });
  }

  function act(name) {
    const row = chosen() || rows().find((one) => one.querySelector(`[data-act=${name}]`));
    const link = row && row.querySelector(`[data-act=${name}]`);
    if (link) { location.assign(link.href); return; }
    const field = document.getElementById(FIELDS[name]);
    if (field) field.focus();
  }

  const keys = {
    j: () => move(1), k: () => move(-1), c: () => act("confirm"), n: () => act("narrow"), r: () => act("release"),
    "/": () => { const find = document.getElementById("find"); if (find) find.focus(); },
  };

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest && event.target.closest("form");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form && event.target.matches("textarea")) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (event.key === "Escape" && event.target.matches("input, textarea")) { event.target.blur(); return; }
    const typing = event.target.matches("input, textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !keysAreOn() || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });

  document.querySelectorAll("[data-count]").forEach((field) => {
    const place = document.getElementById(field.dataset.count);
    const least = Number(field.dataset.countMin);
    const say = () => {
      const length = field.value.trim().length;
      if (!length) return;
      place.classList.toggle("short", length < least);
      const text = length < least ? field.dataset.countShort : field.dataset.countText;
      place.textContent = text.replace("@n", String(length)).replace("@left", String(least - length));
    };
    field.addEventListener("input", say);
    say();
  });

  document.querySelectorAll("[data-filter]").forEach((field) => {
    field.addEventListener("input", () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      document.querySelectorAll("[data-row]").forEach((row) => {
        const text = row.dataset.text.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
      });
    });
  });

  const said = document.querySelector("[data-focus]");
  if (said) said.focus();
})();

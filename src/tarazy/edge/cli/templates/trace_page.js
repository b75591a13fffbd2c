(function () {
  "use strict";
  // Amounts come as text and are only shown; `value` is a share of the start in millionths and is only drawn.
  const SVG = "http://www.w3.org/2000/svg";
  const COLUMN = 176, BAR = 14, ROW = 46, TOP = 10;
  const data = JSON.parse(document.getElementById("data").textContent);
  const svg = document.getElementById("chart");
  const section = document.getElementById("flow");

  function element(name, attributes, parent) {
    const made = document.createElementNS(SVG, name);
    for (const key of Object.keys(attributes)) made.setAttribute(key, String(attributes[key]));
    parent.appendChild(made);
    return made;
  }

  function titled(shape, text) {
    element("title", {}, shape).textContent = text;
  }

  function shortened(text) {
    return text.length <= 18 ? text : text.slice(0, 8) + "…" + text.slice(-8);
  }

  function language() {
    const chosen = document.querySelector("input.language:checked");
    return chosen ? chosen.id.replace("language-", "") : "en";
  }

  function columnHeights(nodes, depthOf) {
    const rows = new Map();
    nodes.forEach((_, i) => rows.set(depthOf[i], (rows.get(depthOf[i]) || 0) + 1));
    return { columns: rows.size, rows: Math.max(...rows.values()) };
  }

  function depths() {
    // Every link goes exactly one column further, so the first link that reaches a node tells its column.
    const depthOf = data.nodes.map(() => 0);
    data.links.forEach((link) => { depthOf[link.target] = depthOf[link.source] + 1; });
    return depthOf;
  }

  function layout(width, height) {
    return d3.sankey().nodeWidth(BAR).nodePadding(ROW - 12).nodeAlign(d3.sankeyLeft)
      .extent([[2, TOP], [width - COLUMN, height - TOP]])({
        nodes: data.nodes.map((node) => Object.assign({}, node)),
        links: data.links.map((link) => Object.assign({}, link)),
      });
  }

  function drawBar(node, names) {
    const group = element("g", {}, svg);
    const whole = node.parts.reduce((sum, part) => sum + part.value, 0) || 1;
    let y = node.y0;
    node.parts.forEach((part) => {
      const height = Math.max((node.y1 - node.y0) * part.value / whole, 1);
      element("rect", { class: part.part, x: node.x0, y: y, width: BAR, height: height }, group);
      y += height;
    });
    const about = node.parts.map((part) => names[part.part] + ": " + part.text).join("\n");
    titled(group, [node.name, node.participant, node.text, about].filter(Boolean).join("\n"));
    const middle = (node.y0 + node.y1) / 2;
    element("text", { x: node.x1 + 5, y: middle - 1 }, group).textContent = shortened(node.name);
    element("text", { class: "sum", x: node.x1 + 5, y: middle + 12 }, group).textContent = node.text;
  }

  function draw() {
    const chosen = language();
    const names = Object.fromEntries(Object.entries(data.parts).map(([key, texts]) => [key, texts[chosen]]));
    const size = columnHeights(data.nodes, depths());
    const width = Math.max(size.columns * COLUMN, Math.min(section.clientWidth, size.columns * 300));
    const height = Math.max(size.rows * ROW + 120, 200);
    svg.replaceChildren();
    svg.setAttribute("width", width);
    svg.setAttribute("height", height);
    const flow = layout(width, height);
    flow.links.forEach((link) => {
      const path = element("path", {
        class: "band", d: d3.sankeyLinkHorizontal()(link), "stroke-width": Math.max(link.width, 1.5),
      }, svg);
      titled(path, link.source.name + " → " + link.target.name + ": " + link.text);
    });
    flow.nodes.forEach((node) => drawBar(node, names));
  }

  section.hidden = false;
  draw();
  window.addEventListener("resize", draw);
  document.querySelectorAll("input.language").forEach((input) => input.addEventListener("change", () => {
    document.documentElement.lang = language();
    draw();
  }));
})();

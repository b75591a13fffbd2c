(function () {
  "use strict";
  // Draws the flow of a case. Amounts come as text and are only shown; `value` is a share in millionths, only drawn.
  const SVG = "http://www.w3.org/2000/svg";
  const BAR = 12, LABEL = 190, ROW = 40, COLUMN = 165;

  function element(name, attributes, parent, text) {
    const made = document.createElementNS(SVG, name);
    for (const key of Object.keys(attributes)) made.setAttribute(key, String(attributes[key]));
    if (text !== undefined) made.textContent = text;
    parent.appendChild(made);
    return made;
  }

  function shortened(text) { return text.length <= 26 ? text : text.slice(0, 24) + "…"; }

  function rows(data) {
    const sources = new Set(data.links.map((link) => link.source));
    return Math.max(3, data.nodes.filter((_, number) => !sources.has(number)).length, data.nodes.length / 2);
  }

  function depth(data) {
    // Nodes are named in the order in which money reaches them, so one pass finds the longest way.
    const of = data.nodes.map(() => 0);
    for (let round = 0; round < 12; round += 1) {
      data.links.forEach((link) => { of[link.target] = Math.max(of[link.target], of[link.source] + 1); });
    }
    return Math.max(...of) + 1;
  }

  function draw() {
    const section = document.getElementById("flow");
    if (!section || typeof d3 === "undefined" || !d3.sankey) return;
    const data = JSON.parse(section.dataset.flow);
    if (!data.links.length) return;
    section.hidden = false;
    const svg = section.querySelector("svg");
    svg.replaceChildren();
    const width = Math.max(section.clientWidth - 4, depth(data) * COLUMN), height = Math.ceil(rows(data) * ROW) + 20;
    svg.setAttribute("width", width);
    svg.setAttribute("height", height);
    const laid = d3.sankey().nodeWidth(BAR).nodePadding(26).nodeAlign(d3.sankeyJustify)
      .extent([[2, 12], [width - LABEL, height - 14]])(data);
    const way = d3.sankeyLinkHorizontal();
    laid.links.forEach((link) => {
      const path = element("path", { class: "way state " + link.kind, d: way(link), "stroke-width": Math.max(1, link.width) }, svg);
      element("title", {}, path, link.source.name + " → " + link.target.name + ": " + link.text);
    });
    laid.nodes.forEach((node) => {
      const box = { class: node.kind ? "node state " + node.kind : "node", x: node.x0, y: node.y0, width: BAR, height: Math.max(1, node.y1 - node.y0) };
      element("title", {}, element("rect", box, svg), node.name + ": " + node.text);
      const middle = (node.y0 + node.y1) / 2;
      element("text", { x: node.x1 + 5, y: middle - 1 }, svg, shortened(node.name));
      element("text", { class: "quiet", x: node.x1 + 5, y: middle + 12 }, svg, node.text);
    });
  }

  draw();
  document.addEventListener("htmx:afterSwap", draw);
})();

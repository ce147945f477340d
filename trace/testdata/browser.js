// What a reader does with the page, and what must come of it. It runs in the
// page and leaves its findings in the document, for browser_test.go.
(function () {
  "use strict";
  var wrong = [], count = 0;
  function check(ok, what) { count++; if (!ok) { wrong.push(what); } }
  function $(s) { return document.querySelector(s); }
  function all(s) { return Array.from(document.querySelectorAll(s)); }
  function visible(e) { return e.getClientRects().length > 0; }
  function key(name) { document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true })); }
  function over(e) { e.dispatchEvent(new MouseEvent("mouseover", { bubbles: true })); }

  // A certificate is text and nothing else.
  check(!window.pwned, "a certificate ran a script");
  check(all("script").length === 3, all("script").length + " scripts: the data, ours, and this one");
  check(all("img, iframe, object, form, link, base").length === 0, "there is an element that a page of ours does not have");
  check(performance.getEntriesByType("resource").length === 0, "the page loads something");
  check(JSON.parse($("#data").textContent).schema === "tlsprobe.trace/1", "the data cannot be read");

  // Closed at first; a link into a card has opened it.
  var target = document.getElementById(location.hash.slice(1));
  check(target && visible(target), "the target " + location.hash + " is not in view");
  check(target.classList.contains("on") && document.activeElement === target, "the target is not lit");
  check(all(".bytes a.on").length === 1 && $(".bytes a.on").hash === location.hash, "the bytes of the target are not lit");
  check(all(".card:not([open])").length > 3, "cards are open that nobody asked for");
  check(all(".script").every(function (e) { return !e.hidden; }), "buttons are hidden");

  // Arrows, Escape, and one stop of the Tab key in a list.
  var list = target.closest(".fields");
  check(list.querySelectorAll("li[tabindex='0']").length === 1, "a list has more than one stop");
  key("ArrowDown");
  var next = document.activeElement;
  check(next !== target && next.matches("li.on") && next.tabIndex === 0, "the arrow leads nowhere");
  check(all(".bytes a.on").every(function (a) { var li = document.getElementById(a.hash.slice(1)); return next.contains(li); }), "other bytes are lit than those of the row");
  key("ArrowUp");
  check(document.activeElement === target, "the arrow does not lead back");
  key("End");
  check(document.activeElement !== target, "End leads nowhere");
  key("Escape");
  check(all(".on").length === 0, "Escape leaves something lit");

  // Bytes light their row, a row its bytes, a row with rows in it all of theirs.
  var a = $(".card[open] .bytes a:nth-child(3)"), row = document.getElementById(a.hash.slice(1));
  var pause = Date.now() + 350;
  while (Date.now() < pause) { /* the page lets a jump settle */ }
  over(a);
  check(a.classList.contains("on") && row.classList.contains("on"), "pointing at bytes does not light their row");
  var outer = all(".card[open] .fields li").filter(function (li) { return li.querySelectorAll("li").length > 3; })[0];
  over(outer.querySelector("b, p > a"));
  check(all(".bytes a.on").length >= 3 && !a.classList.contains("on"), "pointing at a row does not light its bytes");

  // Each byte is of one row, and each row without rows of one run of bytes.
  var spans = {};
  all(".bytes a").forEach(function (e) { check(!spans[e.hash], "two runs of bytes for " + e.hash); spans[e.hash] = e; check(document.getElementById(e.hash.slice(1)), "no row for " + e.hash); });

  // All can be opened, and printed.
  $("[data-all=open]").click();
  check(all("details:not([open])").length === 0, "not all is open");
  check(all("h3, .bytes, .fields li, table").every(visible), "something stays hidden");
  $(".copy").click();
  check(getSelection().toString().replace(/\s+/g, "") === $(".bytes").textContent.replace(/\s+/g, ""), "the bytes are not selected for copying");

  // Offsets stand beside their lines.
  all(".hex").forEach(function (pre) {
    var offs = pre.querySelector(".off").textContent.trimEnd().split("\n"), lines = pre.querySelector(".bytes").textContent.trimEnd().split("\n");
    check(offs.length === lines.length, offs.length + " offsets for " + lines.length + " lines");
  });

  // Nothing is wider than the window, and all text can be read.
  check(document.documentElement.scrollWidth <= innerWidth, "the page is " + document.documentElement.scrollWidth + " wide, the window " + innerWidth);
  var seen = {}, canvas = [];
  function rgb(s) { return (s.match(/[\d.]+/g) || []).map(Number); }
  function light(c) {
    var v = c.slice(0, 3).map(function (x) { x /= 255; return x <= 0.04045 ? x / 12.92 : Math.pow((x + 0.055) / 1.055, 2.4); });
    return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2];
  }
  function behind(e) {
    for (; e; e = e.parentElement) {
      var c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] === 1) { return c; }
    }
    return [255, 255, 255];
  }
  over(outer.querySelector("b, p > a"));
  var walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    var e = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !visible(e) || e.closest("script, style, title")) { continue; }
    var style = getComputedStyle(e), fg = rgb(e.closest("svg") ? style.fill : style.color), bg = behind(e), pair = fg + " on " + bg;
    if (seen[pair]) { continue; }
    seen[pair] = true;
    var x = light(fg) + 0.05, y = light(bg) + 0.05, ratio = Math.max(x, y) / Math.min(x, y);
    check(ratio >= 4.5, "contrast " + ratio.toFixed(2) + ": " + pair + " in " + e.tagName + "." + e.className);
  }
  check(Object.keys(seen).length > 5, "no text was looked at");

  // Names for those who do not see: every control and picture has one.
  check(document.documentElement.lang === "en" && document.title !== "" && all("h1").length === 1, "no language, title or heading");
  check(all("svg").every(function (s) { return s.getAttribute("aria-label"); }), "a picture has no name");
  check(all("svg a, button, summary").every(function (b) { return b.textContent.trim() !== ""; }), "a control has no name");
  check(all("input").every(function (i) { return i.closest("label"); }), "an input has no label");
  $("#terse").click();
  check(!visible($(".fields small")), "explanations stay");
  $("#terse").click();

  var out = document.createElement("pre");
  out.id = "findings";
  out.textContent = JSON.stringify({ checks: count, wrong: wrong, dark: matchMedia("(prefers-color-scheme: dark)").matches, width: innerWidth });
  document.body.append(out);
}());

"use strict";
(function () {
  var lit = [], spans = {}, quiet = 0;
  document.querySelectorAll(".bytes a").forEach(function (a) {
    spans[a.hash.slice(1)] = a;
  });
  // light marks a row and its bytes, with those of all rows inside it.
  function light(row) {
    lit.forEach(function (e) { e.classList.remove("on"); });
    lit = row ? [row] : [];
    if (row) {
      [row].concat(Array.from(row.querySelectorAll("li"))).forEach(function (li) {
        if (spans[li.id]) { lit.push(spans[li.id]); }
      });
    }
    lit.forEach(function (e) { e.classList.add("on"); });
  }
  function rowOf(e) {
    var a = e.closest && e.closest(".bytes a");
    return a ? document.getElementById(a.hash.slice(1)) : e.closest && e.closest(".fields li");
  }
  // open shows an element that may be folded away.
  function open(e) {
    for (var p = e; p; p = p.parentElement) {
      if (p.tagName === "DETAILS") { p.open = true; }
    }
  }
  // show brings a pane or row into view within its own scroll area only.
  function bytesIntoView() {
    var pane = lit[1] && lit[1].closest(".hex");
    if (pane) { pane.scrollTop += lit[1].getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 3; }
  }
  function reveal() {
    var e = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!e) { return; }
    open(e);
    var row = e.matches(".fields li");
    e.scrollIntoView({ block: row ? "nearest" : "start" });
    if (row) { quiet = Date.now(); e.focus({ preventScroll: true }); light(e); bytesIntoView(); }
  }
  function all(yes) {
    document.querySelectorAll("details").forEach(function (d) { d.open = yes; });
  }
  function say(t) { document.querySelector(".said").textContent = t; }
  function copy(pane) {
    var bytes = pane.querySelector(".bytes"), text = bytes.textContent.replace(/\s+/g, ""), range = document.createRange();
    range.selectNodeContents(bytes);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    if (navigator.clipboard && navigator.clipboard.writeText) {
      navigator.clipboard.writeText(text).then(function () { say("copied"); }, function () { say("selected"); });
    } else { say("selected"); }
  }
  // The rows of a list are one stop of the Tab key; arrows move among them.
  function rows(list) { return Array.from(list.querySelectorAll("li")).filter(function (li) { return li.getClientRects().length; }); }
  function go(row) {
    row.closest(".fields").querySelectorAll("li[tabindex='0']").forEach(function (li) { li.tabIndex = -1; });
    row.tabIndex = 0;
    row.focus();
    bytesIntoView();
  }
  document.querySelectorAll(".fields").forEach(function (list) {
    list.querySelectorAll("li").forEach(function (li, i) { li.tabIndex = i ? -1 : 0; });
  });
  document.addEventListener("keydown", function (e) {
    if (e.key === "Escape") { light(null); return; }
    var row = e.target.matches && e.target.matches(".fields li") ? e.target : null;
    if (!row || e.ctrlKey || e.altKey || e.metaKey) { return; }
    var those = rows(row.closest(".fields")), at = those.indexOf(row);
    var to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: those.length - 1 }[e.key];
    if (to === undefined || !those[to]) { return; }
    e.preventDefault();
    go(those[to]);
  });
  document.addEventListener("mouseover", function (e) {
    var row = Date.now() - quiet > 300 && rowOf(e.target);
    if (row) { light(row); if (!e.target.closest(".bytes")) { bytesIntoView(); } }
  });
  document.addEventListener("focusin", function (e) { var row = rowOf(e.target); if (row) { light(row); } });
  document.addEventListener("click", function (e) {
    var b = e.target.closest("button");
    if (!b) { return; }
    if (b.dataset.all) { all(b.dataset.all === "open"); } else { copy(b.parentElement); }
  });
  addEventListener("beforeprint", function () { all(true); });
  addEventListener("hashchange", reveal);
  document.querySelectorAll(".script").forEach(function (e) { e.hidden = false; });
  reveal();
}());

"use strict";
(function () {
  var lit = [];
  function light(id) {
    lit.forEach(function (e) { e.classList.remove("on"); });
    lit = [];
    if (!id) { return; }
    var row = document.getElementById(id);
    if (row) { lit.push(row); }
    document.querySelectorAll(".hex a").forEach(function (a) {
      var f = a.getAttribute("href").slice(1);
      if (f === id || f.indexOf(id + ".") === 0) { lit.push(a); }
    });
    lit.forEach(function (e) { e.classList.add("on"); });
  }
  function idOf(e) {
    var a = e.closest(".hex a");
    if (a) { return a.getAttribute("href").slice(1); }
    var li = e.closest(".fields li");
    return li ? li.id : "";
  }
  function reveal() {
    var id = decodeURIComponent(location.hash.slice(1));
    var e = id && document.getElementById(id);
    for (var p = e; p; p = p.parentElement) {
      if (p.tagName === "DETAILS") { p.open = true; }
    }
    if (e) { e.scrollIntoView({ block: "nearest" }); light(id); }
  }
  function all(open) {
    document.querySelectorAll("details").forEach(function (d) { d.open = open; });
  }
  document.addEventListener("mouseover", function (e) { var id = idOf(e.target); if (id) { light(id); } });
  document.addEventListener("focusin", function (e) { var id = idOf(e.target); if (id) { light(id); } });
  document.addEventListener("keydown", function (e) { if (e.key === "Escape") { light(""); } });
  document.addEventListener("click", function (e) {
    var b = e.target.closest("button");
    if (!b) { return; }
    if (b.dataset.all) { all(b.dataset.all === "open"); return; }
    var pre = b.parentElement.previousElementSibling;
    var text = pre.textContent.replace(/\s+/g, "");
    if (navigator.clipboard && navigator.clipboard.writeText) { navigator.clipboard.writeText(text); }
    var range = document.createRange();
    range.selectNodeContents(pre);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  });
  addEventListener("beforeprint", function () { all(true); });
  addEventListener("hashchange", reveal);
  document.querySelectorAll(".tools,.copy").forEach(function (e) { e.hidden = false; });
  reveal();
}());

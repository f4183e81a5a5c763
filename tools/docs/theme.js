// Light or dark, before the page is drawn. The site's pages and TypeDoc's keep the choice under names of their own.
const names = { auto: "os", light: "light", dark: "dark" };
const kept = names[localStorage.getItem("graft-theme")];
if (kept) localStorage.setItem("tsd-theme", kept);
document.documentElement.dataset.theme = localStorage.getItem("tsd-theme") || "os";

addEventListener("change", ({ target }) => {
  if (target.id !== "tsd-theme") return;
  const [chosen] = Object.entries(names).find(([, name]) => name === target.value) ?? [];
  if (chosen) localStorage.setItem("graft-theme", chosen);
});

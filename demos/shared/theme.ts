import { computed, effect, signal } from "@preact/signals";

export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEPT_AS = "graft-theme";

/** What was chosen: "auto" is what the system says. */
export const theme = signal<Theme>("auto");
const systemIsDark = signal(false);
/** What is shown: charts, which can't read CSS, are drawn again when it changes. */
export const isDark = computed(() =>
  theme.value === "auto" ? systemIsDark.value : theme.value === "dark",
);

const isTheme = (name: string | null): name is Theme => THEMES.some((one) => one === name);

export function startTheme(): void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  systemIsDark.value = system.matches;
  system.addEventListener("change", ({ matches }) => {
    systemIsDark.value = matches;
  });
  const kept = localStorage.getItem(KEPT_AS);
  theme.value = isTheme(kept) ? kept : "auto";
  effect(() => {
    document.documentElement.dataset.theme = isDark.value ? "dark" : "light";
  });
}

export function chooseTheme(name: string): void {
  if (!isTheme(name)) return;
  localStorage.setItem(KEPT_AS, name);
  theme.value = name;
}

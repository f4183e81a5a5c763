import type { ComponentChildren } from "preact";
import { chooseLanguage, LANGUAGES, language } from "./language.ts";
import { LiveRegion } from "./live.tsx";
import { common } from "./texts.ts";
import { chooseTheme, THEMES, theme } from "./theme.ts";

/** The pages that others lead to, and where they lie below the site's root. */
const PAGES = {
  studio: "studio/",
  examples: "examples/",
  benchmark: "benchmark/",
  docs: "docs/",
} as const;
export type PageName = keyof typeof PAGES;

export interface ShellProps {
  /** The page that this is; null for one that isn't among those in the head. */
  page: PageName | null;
  /** From this page to the site's root: "../" for a page in a folder. */
  root: string;
  /** What stands at the end of the head, such as the name of the GPU. */
  aside?: ComponentChildren;
  children: ComponentChildren;
}

/** What stands around every page: its head with the other pages, language and colours; main; the live region. */
export function Shell({ page, root, aside, children }: ShellProps) {
  const text = common();
  return (
    <>
      <a class="skip" href="#main">
        {text.skip}
      </a>
      <header class="head">
        <a class="brand" href={root}>
          <Logo /> Graft
        </a>
        <nav aria-label={text.pages}>
          {Object.entries(PAGES).map(([name, path]) => (
            <a key={name} href={root + path} aria-current={name === page ? "page" : undefined}>
              {text[name as PageName]}
            </a>
          ))}
        </nav>
        <div class="head-end">
          {aside}
          <Choice
            id="language"
            label={text.language}
            value={language.value}
            options={LANGUAGES}
            choose={chooseLanguage}
          />
          <Choice
            id="theme"
            label={text.theme}
            value={theme.value}
            options={Object.fromEntries(THEMES.map((name) => [name, text[name]]))}
            choose={chooseTheme}
          />
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <LiveRegion />
    </>
  );
}

function Logo() {
  return (
    <svg viewBox="0 0 16 16" width="22" height="22" aria-hidden="true">
      <path
        d="M8 15V6M8 9 4 5M8 7l4-4"
        stroke="currentColor"
        stroke-width="2"
        fill="none"
        stroke-linecap="round"
      />
    </svg>
  );
}

interface ChoiceProps {
  id: string;
  label: string;
  value: string;
  options: Readonly<Record<string, string>>;
  choose(name: string): void;
}

function Choice({ id, label, value, options, choose }: ChoiceProps) {
  return (
    <label class="choice">
      <span class="unseen">{label}</span>
      <select
        id={id}
        title={label}
        value={value}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        {Object.entries(options).map(([name, shown]) => (
          <option key={name} value={name}>
            {shown}
          </option>
        ))}
      </select>
    </label>
  );
}

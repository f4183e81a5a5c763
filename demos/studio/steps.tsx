import { effect } from "@preact/signals";
import { STEPS, type StepName, studio } from "./studio.ts";
import { text } from "./texts.ts";

/** The way through the studio. Each step has an address of its own, so that the browser's buttons work. */
export function Steps() {
  const said = text();
  return (
    <nav class="steps" aria-label={said.steps}>
      <ol>
        {STEPS.map((name, i) => (
          <li key={name}>
            <a href={`#${name}`} aria-current={name === studio.step.value ? "step" : undefined}>
              <span class="step-number">{i + 1}</span> {said[name]}
            </a>
          </li>
        ))}
      </ol>
    </nav>
  );
}

const isStep = (name: string): name is StepName => STEPS.some((step) => step === name);

/** Keeps address and step alike. */
export function startSteps(): void {
  const read = () => {
    const name = location.hash.slice(1);
    if (isStep(name)) studio.step.value = name;
  };
  read();
  addEventListener("hashchange", read);
  effect(() => {
    const hash = `#${studio.step.value}`;
    if (location.hash !== hash && (location.hash || studio.step.value !== "collect"))
      location.hash = hash;
  });
}

/** Leads on to another step. */
export function Next({ to, label }: { to: StepName; label: string }) {
  return (
    <p class="next">
      <a class="button primary" href={`#${to}`}>
        {label} <span aria-hidden="true">→</span>
      </a>
    </p>
  );
}

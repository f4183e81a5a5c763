import { common } from "./texts.ts";

/** Why a page can't have WebGPU here; null where it can. */
export async function webGpuProblem(): Promise<string | null> {
  if (!navigator.gpu) return "navigator.gpu is missing";
  try {
    return (await navigator.gpu.requestAdapter()) ? null : "requestAdapter() gave no adapter";
  } catch (error) {
    return String(error);
  }
}

type Hint = Exclude<keyof ReturnType<typeof common>, "pages">;

/** What to do in this browser, by what it says of itself. */
export function hintsFor(agent: string, isSecure: boolean): readonly Hint[] {
  if (!isSecure) return ["insecure"];
  if (/Firefox\//.test(agent)) return ["firefox", "firefoxFlag"];
  if (/Chrome\/|Chromium\//.test(agent)) {
    const linux = /Linux/.test(agent) && !/Android/.test(agent);
    return ["chrome", "acceleration", ...(linux ? (["linux"] as const) : []), "blocked"];
  }
  return /Safari\//.test(agent) ? ["safari"] : ["other"];
}

/** Stands where training would, in a browser without WebGPU; the rest of the page still reads. */
export function NoWebGpu({ why }: { why: string }) {
  const text = common();
  return (
    <section class="card notice" role="alert" id="no-webgpu">
      <h2>{text.noWebGpu}</h2>
      <p>{text.noWebGpuLead}</p>
      <ul>
        {hintsFor(navigator.userAgent, isSecureContext).map((hint) => (
          <li key={hint}>{text[hint]}</li>
        ))}
      </ul>
      <details>
        <summary>{text.detail}</summary>
        <code>{why}</code>
      </details>
    </section>
  );
}

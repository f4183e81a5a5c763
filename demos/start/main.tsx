import "./style.css";
import { language, Shell, startPage } from "../shared/index.ts";
import { text } from "./texts.ts";

const playground = new URL("../../docs/pictures/playground.png", import.meta.url).href;
const report = new URL("../../assets/report.png", import.meta.url).href;

const COMMANDS = `npm install webgraft webgpu sharp
npx webgraft --data photos --weights mobilenet_v1_0.25 --report report.html`;

/** Where the guide lies below the documentation's folder. */
const GUIDE = {
  en: "docs/guides/first_fine_tune.html",
  zh: "docs/zh/first_fine_tune.html",
};

function Start() {
  const texts = text();
  return (
    <Shell page={null} root="./">
      <div class="stack start">
        <section class="hero">
          <div>
            <h1>{texts.title}</h1>
            <p class="lead">{texts.lead}</p>
            <p class="row">
              <a class="button primary" href="./studio/">
                {texts.studio}
              </a>
              <a class="button" href={GUIDE[language.value]}>
                {texts.guide}
              </a>
            </p>
          </div>
          <a class="shot" href="./playground/">
            <img src={playground} alt={texts.playgroundShown} width="1000" height="698" />
          </a>
        </section>
        <Commands />
        <Features />
        <Pages />
        <Shown />
      </div>
    </Shell>
  );
}

function Commands() {
  const texts = text();
  return (
    <section class="card commands">
      <div>
        <h2>{texts.commands}</h2>
        <pre>
          <code>{COMMANDS}</code>
        </pre>
        <p class="faint">{texts.commandsNote}</p>
      </div>
      <figure>
        <img src={report} alt={texts.report} width="1024" height="760" loading="lazy" />
        <figcaption class="faint">{texts.reportNote}</figcaption>
      </figure>
    </section>
  );
}

function Features() {
  const texts = text();
  const features = ["files", "layers", "numbers", "judge", "private", "own"] as const;
  return (
    <section class="stack">
      <h2>{texts.features}</h2>
      <div class="columns">
        {features.map((name) => (
          <div key={name} class="card">
            <h3>{texts[`${name}Title`]}</h3>
            <p>{texts[name]}</p>
          </div>
        ))}
      </div>
    </section>
  );
}

function Pages() {
  const texts = text();
  const pages = ["studio", "examples", "playground", "benchmark", "docs"] as const;
  return (
    <section class="stack">
      <h2>{texts.pages}</h2>
      <div class="columns">
        {pages.map((name) => (
          <a key={name} class="card page-link" href={`./${name}/`}>
            <h3>{texts[`${name}Title`]}</h3>
            <p>{texts[`${name}Text`]}</p>
          </a>
        ))}
      </div>
    </section>
  );
}

/** Figures that README has, with what they are of. */
function Shown() {
  const texts = text();
  const figures = [
    ["90 %", texts.antsBees],
    ["93.7 %", texts.uspsLabel],
    ["74.2 %", texts.vehicles],
    ["80", texts.download],
  ] as const;
  return (
    <section class="card stack">
      <h2>{texts.shown}</h2>
      <dl class="figures">
        {figures.map(([figure, label]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{figure}</dd>
          </div>
        ))}
      </dl>
      <p class="faint">{texts.shownNote}</p>
    </section>
  );
}

startPage(<Start />);

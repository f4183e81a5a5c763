import { studio } from "./studio.ts";
import { text } from "./texts.ts";

/** What has to be said, each until it is put away. */
export function Notices() {
  return (
    <div class="notices" role="alert">
      {studio.notices.value.map(({ id, text: said, isBad }) => (
        <div key={id} class={isBad ? "notice bad" : "notice"}>
          <p>{said}</p>
          <button type="button" class="plain" onClick={() => studio.putAway(id)}>
            {text().putAway}
          </button>
        </div>
      ))}
    </div>
  );
}

/** Downloads a URL as a whole. Also what `readFile` means in the browser. */
export async function fetchBytes(url: string): Promise<Uint8Array> {
  const name = shorten(url);
  let response: Response;
  try {
    response = await fetch(url);
  } catch (cause) {
    throw new Error(`${name}: can't be fetched (${reason(cause)}); check the address and CORS`, {
      cause,
    });
  }
  if (!response.ok) {
    throw new Error(
      `${name}: the server answered ${response.status} ${response.statusText}`.trim(),
    );
  }
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw new Error(`${name}: the download broke off (${reason(cause)})`, { cause });
  }
}

/** Data URLs are too long for an error message. */
export function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 60)}…` : text;
}

/** The message of whatever was thrown; undici hides the useful one in `cause`. */
export function reason(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause instanceof Error ? thrown.cause.message || thrown.message : thrown.message;
}

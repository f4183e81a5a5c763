import type { AdapterOption } from "./device.ts";

/** What every command takes. */
export interface CommonOptions {
  readonly adapter?: AdapterOption;
  readonly json?: boolean;
  readonly debug?: boolean;
}

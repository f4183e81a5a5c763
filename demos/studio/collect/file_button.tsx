import { useRef } from "preact/hooks";
import { fromInput, type Incoming } from "./incoming.ts";

export interface FileButtonProps {
  id: string;
  label: string;
  /** Choose a folder rather than files. */
  folder?: boolean;
  accept?: string;
  one?: boolean;
  isDisabled?: boolean;
  take(files: Incoming[]): unknown;
}

/** A button that opens the browser's choice of files. */
export function FileButton({ id, label, folder, accept, one, isDisabled, take }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" disabled={isDisabled} onClick={() => input.current?.click()}>
        {label}
      </button>
      <input
        id={id}
        ref={input}
        type="file"
        hidden
        aria-label={label}
        multiple={!one}
        accept={accept}
        {...(folder ? { webkitdirectory: true } : {})}
        onChange={({ currentTarget }) => {
          void take(fromInput(currentTarget.files));
          currentTarget.value = ""; // the same may be chosen again
        }}
      />
    </>
  );
}

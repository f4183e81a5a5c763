import { useEffect, useState } from "preact/hooks";
import { studio } from "./studio.ts";

/** The address of a kept file while it is shown; null until it is read, and where it is gone. */
export function useFile(key: string): string | null {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    let made: string | null = null;
    let isOver = false;
    void studio.files.get(key).then((file) => {
      if (!file || isOver) return;
      made = URL.createObjectURL(file);
      setAddress(made);
    });
    return () => {
      isOver = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [key]);
  return address;
}

/** The address of a Blob while it is shown. */
export function useBlob(blob: Blob | null): string | null {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    if (!blob) return setAddress(null);
    const made = URL.createObjectURL(blob);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return address;
}

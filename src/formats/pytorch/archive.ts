import { DAMAGED, type Fail, printable } from "../errors.ts";
import { decodeUtf8, textRecord } from "../json.ts";
import { unpickle } from "../pickle/unpickle.ts";
import type { PickleValue } from "../pickle/values.ts";
import type { ZipArchive } from "../zip/read.ts";
import { torchGlobal } from "./globals.ts";
import { storageReference } from "./persistent.ts";
import { StorageValue } from "./tensor_value.ts";

/** PyTorch can be told to leave checksums out, so they say nothing. */
const UNCHECKED = { checksum: false };

/**
 * Unpickles a checkpoint of PyTorch 1.6 or later: a zip archive of `data.pkl`, `byteorder`, `data/<key>`.
 *
 * @throws the error of `fail` for a damaged or foreign archive, and for globals other than tensors and containers.
 */
export function readTorchArchive(archive: ZipArchive, fail: Fail): PickleValue {
  const root = archiveRoot(archive, fail);
  const bigEndian = isBigEndian(archive, root);
  const pickle = archive.read(`${root}data.pkl`, UNCHECKED);
  const host = {
    global: (module: string, name: string) => torchGlobal(module, name, fail),
    persistent(id: PickleValue) {
      const { type, key, count } = storageReference(id, fail);
      const entry = `${root}data/${key}`;
      const { size } = archive.entries.get(entry) ?? {};
      if (size === undefined || size < count * type.size) {
        const problem =
          size === undefined
            ? "it is missing"
            : `it has ${size} bytes, not ${count} × ${type.size}`;
        throw fail(`storage "${printable(entry)}"`, problem, DAMAGED);
      }
      return new StorageValue(type, count, archive.part(entry), bigEndian);
    },
  };
  return unpickle(pickle, 0, host, fail).value;
}

/** Longer texts aren't somebody's notes on a network. */
const LONGEST_TEXT = 2 ** 26;

/** The texts in the archive's folder "extra", by name. */
export function archiveTexts(archive: ZipArchive, fail: Fail): Record<string, string> {
  const folder = `${archiveRoot(archive, fail)}extra/`;
  const texts = textRecord();
  for (const [entry, { size }] of archive.entries) {
    if (!entry.startsWith(folder) || size === 0 || size > LONGEST_TEXT) continue;
    texts[entry.slice(folder.length)] = decodeUtf8(archive.read(entry, UNCHECKED), entry, fail);
  }
  return texts;
}

/** Everything lies in one folder, whose name is the file's when it was saved. */
function archiveRoot(archive: ZipArchive, fail: Fail): string {
  const pickles = [...archive.entries.keys()].filter((name) => /(^|\/)data\.pkl$/.test(name));
  if (pickles.length !== 1) {
    throw fail("archive", `it holds ${pickles.length} files data.pkl, and a checkpoint has one`);
  }
  const root = pickles[0].slice(0, -"data.pkl".length);
  if (archive.entries.has(`${root}constants.pkl`)) {
    throw fail(
      "archive",
      "it is a TorchScript program, not a checkpoint",
      "In Python: torch.save(torch.jit.load(path).state_dict(), new_path)",
    );
  }
  return root;
}

function isBigEndian(archive: ZipArchive, root: string): boolean {
  const entry = `${root}byteorder`;
  if (!archive.entries.has(entry)) return false;
  return new TextDecoder().decode(archive.head(entry, 8)).startsWith("big");
}

import { gunzipSync, unzipSync } from "fflate";
import { UserError } from "../../base/index.ts";

/** More than any file of the known data sets unpacks to. */
const largest = 512 * 2 ** 20;

/** The content of a file that may be gzipped. @throws `data/damaged`, `data/too-large` */
export function unpackGzip(bytes: Uint8Array, path: string): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const claimed = new DataView(bytes.buffer, bytes.byteOffset + bytes.byteLength - 4, 4).getUint32(0, true);
  checkSize(claimed, path);
  try {
    return gunzipSync(bytes);
  } catch (cause) {
    throw damaged(path, "gzip", cause);
  }
}

/** The files of a zip archive by name. @throws `data/damaged`, `data/too-large` */
export function unpackZip(bytes: Uint8Array, path: string): Readonly<Record<string, Uint8Array>> {
  let total = 0;
  try {
    return unzipSync(bytes, {
      filter: ({ originalSize }) => {
        total += originalSize;
        checkSize(total, path);
        return true;
      },
    });
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw damaged(path, "zip", cause);
  }
}

// ---------------------------------------------------------------------------------------------------------------------

function checkSize(bytes: number, path: string): void {
  if (bytes <= largest) return;
  throw new UserError("data/too-large", `${path}: it would unpack to ${bytes} bytes, more than ${largest}`, { path });
}

function damaged(path: string, kind: string, cause: unknown): UserError {
  return new UserError("data/damaged", `${path}: the ${kind} data is truncated or damaged`, {
    path,
    cause,
    hint: "fetch the file again and compare its checksum",
  });
}

/**
 * Signatures of seals, which OpenSSH's `ssh-keygen -Y` (8.2 or later) makes and checks. The key stays in its file, in an
 * agent, or on a security key.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskError } from '../../disk/disk-error.ts';
import { kindBehind } from '../../disk/look.ts';
import { readCredential } from '../../disk/named-file.ts';
import { createOwnFile, mkdtemp, rm } from '../../disk/own-file.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import type { SealSignature } from '../../domain/run/evidence.ts';
import { callProgram, withoutCredentials, type ProgramEnd } from '../../process/call-program.ts';
import type { AppContext } from '../context.ts';

/** The namespace of the signature. A signature that was made for anything else is not a signature of a seal. */
const NAMESPACE = 'okta-reset-evidence';
const PROGRAM = 'ssh-keygen';
/** Long enough for somebody to type a passphrase or to touch a security key. */
const SIGN_MS = 5 * 60_000;
const CHECK_MS = 60_000;
const MOST_OUTPUT_BYTES = 64 * 1024;
const MOST_SIGNERS_BYTES = 1024 * 1024;
/** How many names of one key are tried from a file of signers. */
const MOST_NAMES = 20;
/** What ssh-keygen answers if it does not know the operation. */
const USAGE_CODE = 1;

type Ended = Extract<ProgramEnd, { readonly kind: 'ended' }>;

/** The key that OpenSSH names in its answer. */
const keyIn = (output: Buffer) =>
  /with (\S+ key \S+)/.exec(output.toString('utf8'))?.[1]?.replace(' key ', ' ') ?? 'unknown key';

/** Returns what a program printed last, in one line. */
const lastWords = ({ errors }: Ended) =>
  errors.trim().split(/\r?\n/).slice(-2).join('; ').slice(0, 300);

function noProgram(message: string): AppError {
  return new AppError('SIGN_PROGRAM', message, {
    hint: 'Install OpenSSH 8.2 or later (Debian and Ubuntu: openssh-client; macOS 12 and Windows 11 have it). What was signed here can be verified on any machine that has it.',
  });
}

interface Calling {
  readonly args: readonly string[];
  readonly input: string;
  readonly timeoutMs: number;
  /** A private working folder. */
  readonly cwd: string;
}

async function keygen(calling: Calling, context: AppContext): Promise<Ended> {
  const { host, interrupt } = context;
  const end = await callProgram({
    ...calling,
    program: PROGRAM,
    env: withoutCredentials(host.env),
    mostBytes: MOST_OUTPUT_BYTES,
    sleep: host.clock.sleep,
    signal: interrupt.drain,
  });
  switch (end.kind) {
    case 'ended':
      if (end.code === USAGE_CODE)
        throw noProgram(`The ${PROGRAM} of this machine is too old: it cannot sign.`);
      return end;
    case 'not-started':
      throw noProgram(
        end.code === 'ENOENT'
          ? `There is no ${PROGRAM} on this machine, or not in PATH.`
          : `${PROGRAM} cannot be started (${end.code}).`,
      );
    case 'timed-out':
      throw noProgram(`${PROGRAM} did not end within ${calling.timeoutMs / 60_000} minutes.`);
    case 'too-much-output':
      throw noProgram(`${PROGRAM} printed more than a signature.`);
    default: {
      const never: never = end;
      return never;
    }
  }
}

/** Runs a function with a private folder, and removes the folder afterwards. */
async function inScratch<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'okta-reset-seal-')).catch((cause: unknown) => {
    throw diskError('make a folder for temporary files', cause);
  });
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function put(path: string, text: string): Promise<string> {
  const file = await createOwnFile(path);
  await file.writeFile(text).finally(() => file.close());
  return path;
}

function cannotSign(message: string): AppError {
  return new AppError('SIGN_KEY', message, {
    hint: 'Name a private key of OpenSSH (ssh-keygen -t ed25519 -f seal-key). If it has a passphrase and nobody can type it here: ssh-add it to your agent, and name its public half, --sign-key seal-key.pub.',
  });
}

/**
 * Signs a seal with the key in a file. If `mayAsk` is false, no passphrase is requested. Rejects with SIGN_KEY,
 * SIGN_PROGRAM, and with the reason of `interrupt.drain` after its abort.
 */
export async function sign(
  text: string,
  { keyFile, mayAsk }: { readonly keyFile: string; readonly mayAsk: boolean },
  context: AppContext,
): Promise<string> {
  if ((await kindBehind(keyFile)) !== 'file') throw cannotSign(`There is no key file ${keyFile}.`);
  const quiet = mayAsk ? [] : ['-P', ''];
  const args = ['-Y', 'sign', '-n', NAMESPACE, ...quiet, '-f', keyFile];
  const end = await inScratch((cwd) =>
    keygen({ args, input: text, timeoutMs: SIGN_MS, cwd }, context),
  );
  const signature = end.output.toString('utf8');
  if (end.code === 0 && signature.startsWith('-----BEGIN SSH SIGNATURE-----')) return signature;
  throw cannotSign(`${PROGRAM} could not sign with ${keyFile}: ${lastWords(end)}.`);
}

/** Reads a file of signers. It must belong to you or root, and nobody else must be able to write to it. */
async function readSigners(path: string, { host, interrupt }: AppContext): Promise<string> {
  const { sleep } = host.clock;
  const read = await readCredential(path, MOST_SIGNERS_BYTES + 1, {
    sleep,
    signal: interrupt.drain,
  }).catch((cause: unknown) => {
    interrupt.drain.throwIfAborted();
    throw new AppError('INPUT_UNREADABLE', `The file of signers, ${path}, cannot be read.`, {
      hint: 'It has a line for each signer: name, type of key, public key. “echo "me@acme.example $(cat seal-key.pub)" > signers” makes one.',
      cause,
    });
  });
  if (read.fault !== undefined)
    throw new AppError('FILE_NOT_YOURS', `${path} is not used: ${read.fault}.`, {
      hint: 'Anyone who can write to the file of signers decides whose signature counts. Copy it, check it, and name the copy.',
    });
  // What is cut off could be the line of the signer.
  if (Buffer.byteLength(read.text) > MOST_SIGNERS_BYTES)
    throw new AppError('INPUT_UNREADABLE', `The file of signers, ${path}, is larger than 1 MiB.`, {
      hint: 'Keep only the lines of those whose seals you accept, or check that it is the right file.',
    });
  return read.text;
}

/** Returns the names that a file of signers has for the key of a signature. */
function namesIn({ output }: Ended): readonly string[] {
  const names = output
    .toString('utf8')
    .split(/[\r\n,]+/)
    .map((name) => name.trim());
  // A name that begins with one of these characters would be read as an option, or as a pattern that denies.
  return names.filter((name) => name !== '' && !/^[-!]/.test(name)).slice(0, MOST_NAMES);
}

/**
 * Checks the signature of a seal. With a file of signers, checks whether one of them made it; without, whether it is intact.
 * Rejects with SIGN_PROGRAM, INPUT_UNREADABLE, FILE_NOT_YOURS, and with the reason of `interrupt.drain` after its abort.
 */
export async function checkSignature(
  { text, signature }: { readonly text: string; readonly signature: string | undefined },
  signersFile: string | undefined,
  context: AppContext,
): Promise<SealSignature> {
  const trusted = signersFile === undefined ? undefined : await readSigners(signersFile, context);
  if (signature === undefined) return { kind: 'unsigned' };
  return inScratch(async (cwd) => {
    const sig = ['-s', await put(join(cwd, 'signature'), signature)];
    const ask = (args: readonly string[], input = text) =>
      keygen({ args: ['-Y', ...args, ...sig], input, timeoutMs: CHECK_MS, cwd }, context);
    const sound = await ask(['check-novalidate', '-n', NAMESPACE]);
    if (sound.code !== 0) return { kind: 'bad', why: lastWords(sound) };
    const key = keyIn(sound.output);
    if (trusted === undefined) return { kind: 'sound', key };
    const signers = ['-f', await put(join(cwd, 'signers'), trusted)];
    const found = await ask(['find-principals', ...signers], '');
    let last = found;
    for (const by of found.code === 0 ? namesIn(found) : []) {
      last = await ask(['verify', '-n', NAMESPACE, '-I', by, ...signers]);
      if (last.code === 0) return { kind: 'vouched', key, by };
    }
    return { kind: 'stranger', why: `${key}; ${lastWords(last)}` };
  });
}

import type { UploadInfo } from '../../api/parts.ts';
import type { Answer } from './answer.ts';
import type { Requests } from './requests.ts';

/** A part of an upload, before base64. The server accepts no larger one. */
const PART_BYTES = 1_048_576;

function base64Of(part: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve((reader.result as string).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(reader.error ?? new Error('The file cannot be read'));
    reader.readAsDataURL(part);
  });
}

const UNREADABLE = {
  code: 'BAD_REQUEST',
  message: 'The browser cannot read the file any more.',
  hint: 'Was it moved or changed? Choose it again.',
};

/** Sends a file to the console's process, part by part. `onSent` is called with how many bytes were sent. */
export async function sendUpload(
  requests: Requests,
  {
    name,
    content,
    pasted,
  }: { readonly name: string; readonly content: Blob; readonly pasted: boolean },
  onSent: (bytes: number) => void,
): Promise<Answer<UploadInfo>> {
  const opened = await requests.post('/api/uploads', {
    body: pasted ? { name, pasted } : { name },
  });
  if (opened.kind !== 'ok') return opened;
  const params = { upload: opened.value.id };
  for (let part = 0; ; part += 1) {
    const from = part * PART_BYTES;
    const piece = content.slice(from, from + PART_BYTES);
    const base64 = await base64Of(piece).catch(() => undefined);
    if (base64 === undefined) return { kind: 'refused', error: UNREADABLE };
    const last = from + PART_BYTES >= content.size;
    const answer = await requests.post('/api/uploads/:upload/parts', {
      params,
      body: { part, base64: piece.size === 0 ? '' : base64, last },
    });
    if (answer.kind !== 'ok' || last) return answer;
    onSent(from + piece.size);
  }
}

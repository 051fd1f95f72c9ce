import type { ReportContent } from '../report-content.ts';
import { counted } from '../../domain/counted.ts';
import { chainText } from '../../domain/run/summary.ts';
import { utc } from '../../domain/utc.ts';

/** Shows that neither the plan nor the record was changed. */
export function Integrity({ content }: { readonly content: ReportContent }) {
  const { run, summary, digests, chainHead, planned } = content;
  return (
    <section aria-labelledby="integrity">
      <h2 id="integrity">Integrity</h2>
      <dl class="facts">
        <dt>Plan (SHA-256)</dt>
        <dd class="id">{run.planDigest}</dd>
        {!planned && (
          <>
            <dt>Journal</dt>
            <dd>{chainText(summary.chain)}</dd>
          </>
        )}
        {chainHead !== undefined && (
          <>
            <dt>Last journal link</dt>
            <dd class="id">{chainHead}</dd>
          </>
        )}
        {digests.map((file) => (
          <>
            <dt>{file.name}</dt>
            <dd class="id">
              {file.sha256} ({counted(file.bytes, 'byte')})
            </dd>
          </>
        ))}
        <dt>Written</dt>
        <dd>
          {utc(content.writtenAt)} by okta-reset {run.toolVersion}
        </dd>
      </dl>
    </section>
  );
}

import { useState } from 'preact/hooks';
import type { CheckedSeal, MadeSeal, RunDetail } from '../../api/run-answers.ts';
import { useCalled, useClient, useDoing } from '../client/hooks.ts';
import { Button } from '../parts/button.tsx';
import { Copy } from '../parts/copy.tsx';
import { Panel, Problem, Prose } from '../parts/notes.tsx';
import { useRun } from '../shell/scope.tsx';

const LOOKS = { vouched: 'good', none: 'warning', bad: 'error' } as const;

function Lines({ lines, look }: { readonly lines: readonly string[]; readonly look: string }) {
  return (
    <ul class="notes">
      {lines.map((line) => (
        <li class={`note ${look}`} key={line}>
          <bdi>{line}</bdi>
        </li>
      ))}
    </ul>
  );
}

/** The result of a comparison with the seal. */
function Checked({ seal }: { readonly seal: CheckedSeal }) {
  const { sealed, signature, faults, holds, since, problem } = seal;
  return (
    <div class="checked" role="status">
      <p class="muted">
        <bdi>{sealed}</bdi>
      </p>
      {holds !== undefined && <Lines look="good" lines={[holds]} />}
      {faults.length > 0 && <Lines look="error" lines={faults} />}
      <Lines look={LOOKS[signature.worth]} lines={[signature.text]} />
      {since.length > 0 && (
        <>
          <p>Since the seal:</p>
          <Lines look="info" lines={since} />
        </>
      )}
      <Problem error={problem} />
    </div>
  );
}

function Made({ seal: { text, hint, changed } }: { readonly seal: MadeSeal }) {
  return (
    <div class="checked" role="status">
      <p class="note good">
        <bdi>{text}</bdi> <Prose>{hint}</Prose>
      </p>
      {changed.length > 0 && (
        <>
          <p>Since the earlier seal:</p>
          <Lines look="warning" lines={changed} />
        </>
      )}
    </div>
  );
}

/** Signing needs a private key, which does not belong in a browser, so the command is shown. */
function Sign({ run }: { readonly run: RunDetail }) {
  const command = useCalled()(`okta-reset report ${run.name} --seal --sign-key seal-key`);
  return (
    <details class="more">
      <summary>Sign it with your SSH key</summary>
      <p class="muted">
        A signature also shows who sealed the run. The key stays out of the browser: type this in a
        terminal.
      </p>
      <p class="sign">
        <code class="block">{command}</code>
        <Copy text={command} label="Copy the command that signs" />
      </p>
    </details>
  );
}

/** The seal of a run, to be made or compared with. */
export function Seal({ run }: { readonly run: RunDetail }) {
  const { requests } = useClient();
  const sealing = useDoing();
  const checking = useDoing();
  const { again } = useRun();
  const [made, setMade] = useState<MadeSeal | undefined>(undefined);
  const [checked, setChecked] = useState<CheckedSeal | undefined>(undefined);
  const params = { run: run.id };
  const seal = () => {
    setChecked(undefined);
    sealing.run(
      () => requests.post('/api/runs/:run/seal', { params, body: {} }),
      (answer) => {
        setMade(answer);
        again();
      },
    );
  };
  const check = () => {
    setMade(undefined);
    checking.run(() => requests.get('/api/runs/:run/seal', { params }), setChecked);
  };
  const isMoving = run.state === 'running';
  return (
    <Panel title="Seal">
      <p class="muted">
        {run.sealed
          ? 'This run is sealed: its files stay as they are. Verify compares each of them with the seal.'
          : 'A seal keeps the SHA-256 of every file of the run, so that a later change is noticed.'}
        {run.state === 'stopped' && ' To seal a finished run, resume it first.'}
      </p>
      <div class="actions">
        {run.sealed && (
          <Button busy={checking.busy} onPress={check}>
            Verify
          </Button>
        )}
        <Button
          look={run.sealed ? 'small' : 'plain'}
          busy={sealing.busy}
          off={isMoving ? 'The run is still under way.' : undefined}
          onPress={seal}
        >
          {run.sealed ? 'Seal again' : 'Seal this run'}
        </Button>
      </div>
      <Problem error={sealing.error ?? checking.error} />
      {made !== undefined && <Made seal={made} />}
      {checked !== undefined && <Checked seal={checked} />}
      <Sign run={run} />
    </Panel>
  );
}

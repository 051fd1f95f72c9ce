const LINGER_MS = 30_000;

export default class TallyReporter {
  onRunComplete(_contexts, results) {
    process.stdout.write(
      `\nTests: ${results.numPassedTests} passed, ${results.numFailedTests} failed, ${results.numPendingTests + results.numTodoTests} skipped\n`,
    );
    // What still holds the process by then is a fault of a test, and must not hold the run.
    setTimeout(() => {
      process.stdout.write('A test left something open that keeps the process from ending.\n');
      process.exit(1);
    }, LINGER_MS).unref();
  }
}

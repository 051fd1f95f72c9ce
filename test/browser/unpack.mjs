/** Unpacks the headless Chromium that npm brings, in a process whose environment says so, and prints how it is started. */
process.env.AWS_EXECUTION_ENV = 'AWS_Lambda_nodejs22.x';
process.env.AWS_LAMBDA_JS_RUNTIME = 'nodejs22.x';
const { default: chromium } = await import('@sparticuz/chromium');
const executablePath = await chromium.executablePath();
const { LD_LIBRARY_PATH } = process.env;
process.stdout.write(JSON.stringify({ executablePath, args: chromium.args, LD_LIBRARY_PATH }));

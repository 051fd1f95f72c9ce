// Bundles what runs in a browser: each page's script and style, with the libraries they use, into one file each under dist/browser/.
import { bundlePages } from './bundle/pages.mjs';

await bundlePages({ write: true });

import { render } from 'preact';
import { Client } from './client/client.ts';
import { App } from './shell/app.tsx';

const place = document.querySelector('#console');
if (place === null) throw new Error('The shell lacks #console');
render(<App client={new Client()} />, place);

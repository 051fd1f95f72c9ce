// A test that fails does not reach the line that closes its server or ends its child process. Whatever a test file leaves
// open is closed here, so that no failure keeps the run from ending.
import { ChildProcess } from 'node:child_process';
import { Server } from 'node:net';
import { TestEnvironment } from 'jest-environment-node';

const servers = new Map();
const children = new Set();

const { listen } = Server.prototype;
Server.prototype.listen = function (...args) {
  if (!servers.has(this)) {
    const sockets = new Set();
    servers.set(this, sockets);
    this.on('connection', (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    this.once('close', () => servers.delete(this));
  }
  return listen.apply(this, args);
};

const { spawn } = ChildProcess.prototype;
ChildProcess.prototype.spawn = function (...args) {
  children.add(this);
  this.once('exit', () => children.delete(this));
  this.once('error', () => children.delete(this));
  return spawn.apply(this, args);
};

export default class ClosingEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    /** Read by jest-native-runner.js. */
    this.ownModules = config.projectConfig.testEnvironmentOptions.ownModules === true;
  }

  async teardown() {
    for (const child of children) child.kill('SIGKILL');
    for (const [server, sockets] of servers) {
      if (server.listening) server.close();
      for (const socket of sockets) socket.destroy();
    }
    await super.teardown();
  }
}

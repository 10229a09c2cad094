/**
 * The explorer's server: one session in memory, one page, on 127.0.0.1 and nowhere else. A request that a
 * foreign web page could cause is refused: by the Host that it names, its Origin, its content type.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isUserMistake, UserMistake } from '../model/index.ts';
import { commitmentHues } from '../reports/palette.ts';
import { spaceTimeSvg } from '../reports/space-time.ts';
import { actions } from './actions.ts';
import { pageHtml } from './page.ts';
import { pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';
import { savedText, told } from './save.ts';
import type { ExplorerSession } from './session.ts';
import { present } from './shown.ts';

export interface ExplorerServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the session until closed; port 0 takes a free one. */
export async function serve(session: ExplorerSession, port = 0): Promise<ExplorerServer> {
  const answer = answering(session);
  const server = createServer((request, response) => {
    answer(request, (server.address() as AddressInfo).port).then(
      ({ status, type, body, name }) => {
        response.writeHead(status, headersOf(type, name));
        response.end(request.method === 'HEAD' ? undefined : body);
      },
      (error: unknown) => failed(response, error),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE' || error.code === 'EACCES'
          ? new UserMistake(
              `port ${port} ${error.code === 'EACCES' ? 'may not be used' : 'is taken'}; leave out --port for a free one`,
            )
          : error,
      );
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  /** The name under which a browser saves it. */
  readonly name?: string;
}

/** A request that is refused, with the sentence that says why. */
class Refusal extends Error {
  readonly status: number;
  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

function answering(first: ExplorerSession) {
  let session = first;
  let version = 0;
  let { offers, shown } = present(session);
  const state = (said = ''): Answer => json(200, { ...shown, version, said });

  const read = (path: string): Answer => {
    switch (path) {
      case '/':
        return { status: 200, type: 'text/html', body: pageHtml(shown.system) };
      case '/explorer.js':
        return { status: 200, type: 'text/javascript', body: pageScript };
      case '/explorer.css':
        return { status: 200, type: 'text/css', body: pageStyle };
      case '/state':
        return state();
      case '/diagram.svg': {
        const rows = 300;
        // Pinned, so that a state keeps its colour while the path grows.
        return {
          status: 200,
          type: 'image/svg+xml',
          body: spaceTimeSvg(told(session), { rows, hues: commitmentHues }),
        };
      }
      case '/run.jsonl': {
        const name = `${shown.system.replaceAll(/[^\w.-]+/g, '-')}-${session.position}.jsonl`;
        return { status: 200, type: 'application/jsonl', body: savedText(session), name };
      }
      case '/favicon.ico':
        return { status: 204, type: 'image/x-icon', body: '' };
      default:
        throw new Refusal(404, `there is no ${path} here`);
    }
  };

  const write = async (path: string, request: IncomingMessage): Promise<Answer> => {
    const action = Object.hasOwn(actions, path.slice(1)) ? actions[path.slice(1)] : undefined;
    if (action === undefined) throw new Refusal(404, `there is no action ${path} here`);
    const body = await bodyOf(request);
    // Two windows on one session: the slower one must not choose from offers that are gone.
    if (body.version !== version)
      throw new Refusal(409, 'the session has moved on in another window; this page shows it now');
    try {
      const done = action(session, offers, body);
      const next = present(done.session);
      ({ session } = done);
      ({ offers, shown } = next);
      version += 1;
      return state(done.said);
    } catch (error) {
      if (isUserMistake(error)) throw new Refusal(400, error.message);
      throw error;
    }
  };

  return async (request: IncomingMessage, port: number): Promise<Answer> => {
    refuseForeign(request, port);
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    switch (request.method) {
      case 'GET':
      case 'HEAD':
        return read(path);
      case 'POST':
        return await write(path, request);
      default:
        throw new Refusal(405, `${request.method} is not understood here; use GET or POST`);
    }
  };
}

/** A name that resolves to this computer, or a form on a foreign page, is no way in. */
function refuseForeign({ headers }: IncomingMessage, port: number): void {
  const own = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (headers.host === undefined || !own.includes(headers.host))
    throw new Refusal(403, `this page is at 127.0.0.1:${port} only`);
  const { origin } = headers;
  if (origin !== undefined && !own.some((host) => origin === `http://${host}`))
    throw new Refusal(403, 'requests of other pages are refused');
}

const bodyBytesMax = 16_384;

async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const type = request.headers['content-type'] ?? '';
  if (type.split(';')[0]?.trim() !== 'application/json')
    throw new Refusal(415, 'an action takes a body of type application/json');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > bodyBytesMax)
      throw new Refusal(413, `the body is longer than ${bodyBytesMax} bytes`);
    chunks.push(chunk as Buffer);
  }
  let body: unknown;
  try {
    body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new Refusal(400, 'the body is no JSON');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Refusal(400, 'the body must be an object, such as {"version":0,"offer":0}');
  return body as Readonly<Record<string, unknown>>;
}

function json(status: number, body: unknown): Answer {
  return { status, type: 'application/json', body: JSON.stringify(body) };
}

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

function headersOf(type: string, name?: string): Record<string, string> {
  // A diagram opened by itself carries its colours in a style element of its own.
  const isPicture = type === 'image/svg+xml';
  return {
    'content-type': `${type}; charset=utf-8`,
    'content-security-policy': isPicture ? "default-src 'none'; style-src 'unsafe-inline'" : policy,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    ...(name === undefined ? {} : { 'content-disposition': `attachment; filename="${name}"` }),
  };
}

function failed(response: ServerResponse, error: unknown): void {
  const isRefusal = error instanceof Refusal;
  const status = isRefusal ? error.status : 500;
  const words = error instanceof Error ? error.message : String(error);
  const { body, type } = json(status, { error: words });
  // What is left of a refused body is not read.
  response.writeHead(status, { ...headersOf(type), connection: 'close' });
  response.end(body);
}

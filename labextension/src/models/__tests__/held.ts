import { ServerConnection } from '@jupyterlab/services';

/** A request that waits for its answer. */
export interface IHeld {
  readonly method: string;
  /** Path and query below the extension's address. */
  readonly path: string;
  answer(body: unknown, status?: number): Promise<void>;
}

/** Stands for a server whose answers come when the test says so, in any order. */
export class HeldServer {
  /** Requests that have no answer yet. */
  readonly waiting: IHeld[] = [];

  readonly settings = ServerConnection.makeSettings({
    baseUrl: 'http://x/',
    fetch: request => {
      const { method, url } = request as Request;
      const { pathname, search } = new URL(url);
      return new Promise(resolve => {
        const held: IHeld = {
          method,
          path: decodeURIComponent(pathname.replace('/jupyter-sessions/', '') + search),
          answer: (body, status = 200) => {
            this.waiting.splice(this.waiting.indexOf(held), 1);
            resolve(new Response(JSON.stringify(body), { status }));
            return settled();
          }
        };
        this.waiting.push(held);
      });
    }
  });

  /** Answer the oldest request that waits and has this in its path. */
  async answer(part: string, body: unknown, { method = 'GET', status = 200 } = {}): Promise<void> {
    await (await this.find(part, method)).answer(body, status);
  }

  async find(part: string, method = 'GET'): Promise<IHeld> {
    await settled();
    const found = this.waiting.find(each => each.method === method && each.path.includes(part));
    if (!found) {
      throw new Error(`nobody waits for ${part}, only for ${this.waiting.map(each => each.path).join()}`);
    }
    return found;
  }
}

/** All that follows from an answer has been done. */
export function settled(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 0));
}

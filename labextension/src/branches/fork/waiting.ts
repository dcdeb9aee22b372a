import type { Kernel } from '@jupyterlab/services';

import { ApiError } from '../../api/request';
import type { ForkedBranch } from '../../api/schema';
import type { ForkModel } from './model';

/** Fork as soon as no cell runs; `undefined` when that is given up. */
export async function forkWhenIdle(
  kernel: Kernel.IKernelConnection | null,
  model: ForkModel,
  stop: AbortSignal
): Promise<ForkedBranch | undefined> {
  while (await isIdle(kernel, stop)) {
    try {
      return await model.make('auto');
    } catch (error) {
      // The next of many cells has begun.
      if (!(error instanceof ApiError && error.code === 'kernel_busy')) {
        throw error;
      }
    }
  }
  return undefined;
}

/** Wait until the kernel has nothing to do, or is gone; `false`: it is given up. */
function isIdle(kernel: Kernel.IKernelConnection | null, stop: AbortSignal): Promise<boolean> {
  return new Promise(resolve => {
    if (!kernel || kernel.status !== 'busy' || stop.aborted) {
      resolve(!stop.aborted);
      return;
    }
    const done = () => {
      kernel.statusChanged.disconnect(look);
      kernel.disposed.disconnect(done);
      stop.removeEventListener('abort', done);
      resolve(!stop.aborted);
    };
    const look = (_: unknown, status: Kernel.Status) => status !== 'busy' && done();
    kernel.statusChanged.connect(look);
    kernel.disposed.connect(done);
    stop.addEventListener('abort', done);
  });
}

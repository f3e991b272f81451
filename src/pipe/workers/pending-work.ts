/** Milliseconds that processes which were just ended have to be noticed. */
const PATIENCE = 20;

/**
 * Whether code of this worker process still waits for something, such as a timer, a socket or a calculation in
 * another thread. Node itself tells: without its channel to the runner the process would end now.
 */
export async function hasPendingWork(): Promise<boolean> {
  const { channel } = process;
  if (channel == null) return true;
  return await new Promise((resolve) => {
    const settle = (isPending: boolean) => {
      process.off('beforeExit', onIdle);
      clearTimeout(timer);
      channel.ref();
      resolve(isPending);
    };
    const onIdle = () => settle(false);
    // On a busy machine the time may be over before Node has looked: it looks between two timers.
    let timer = setTimeout(() => {
      timer = setTimeout(() => settle(true), 1).unref();
    }, PATIENCE).unref();
    process.on('beforeExit', onIdle);
    channel.unref();
  });
}

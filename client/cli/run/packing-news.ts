import type { ProgressEvent, ProgressListener } from '../../seedkit-types.js';

type Told<Type extends ProgressEvent['type']> = Omit<Extract<ProgressEvent, { type: Type }>, 'type'>;

/** What a caller should know of a bundle, as `--json` prints it. */
export interface PackingNews {
  readonly warnings: readonly Told<'warning'>[];
  readonly leftOut: readonly Told<'leftOut'>[];
}

/** Collects the news of packing from progress, which goes on to another listener. */
export function collectPackingNews(listener: ProgressListener): {
  readonly news: PackingNews;
  readonly onProgress: ProgressListener;
} {
  const warnings: Told<'warning'>[] = [];
  const leftOut: Told<'leftOut'>[] = [];
  return {
    news: { warnings, leftOut },
    onProgress(event) {
      const { type, ...told } = event;
      if (type === 'warning') warnings.push(told as Told<'warning'>);
      if (type === 'leftOut') leftOut.push(told as Told<'leftOut'>);
      listener(event);
    },
  };
}

import { Component, type ComponentType, h } from 'preact';

/** Returns a component that renders again only if one of its properties has changed. */
export function memo<Props extends object>(Inner: ComponentType<Props>): ComponentType<Props> {
  return class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      const names = Object.keys(next) as (keyof Props)[];
      return names.some((name) => next[name] !== this.props[name]);
    }

    override render() {
      return h(Inner, this.props);
    }
  };
}

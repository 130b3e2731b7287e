import {
  GraphQLError,
  Kind,
  type ASTVisitor,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import type { OperationLimits } from './config.ts';

/** How large an operation is with its fragments spread out. */
interface Size {
  readonly depth: number;
  /** All fields. */
  readonly height: number;
  readonly aliases: number;
  /** Fields directly under the root. */
  readonly fields: number;
}

const nothing: Size = { depth: 0, height: 0, aliases: 0, fields: 0 };

/**
 * Refuses operations that are too deep or have too many fields, aliases or root fields. What is inside
 * of introspection is not counted: it is off wherever strangers can reach it. `__typename` is, or a
 * chain of fragments that spread each other twice would be free here and cost those behind us
 * exponential time.
 */
export function limitOperations(limits: OperationLimits): ValidationRule {
  return (context: ValidationContext): ASTVisitor => {
    const measure = createMeasure(context);
    return {
      OperationDefinition(operation) {
        const size = measure(operation.selectionSet);
        check(context, 'depth', size.depth, limits.depth);
        check(context, 'height', size.height, limits.height);
        check(context, 'aliases', size.aliases, limits.aliases);
        check(context, 'rootFields', size.fields, limits.rootFields);
      },
    };
  };
}

function check(context: ValidationContext, limit: string, found: number, most: number): void {
  if (found <= most) return;
  const message = `the operation's ${limit} is ${found}; at most ${most} is allowed`;
  context.reportError(new GraphQLError(message, { extensions: { limit } }));
}

/** Each fragment is measured once, or a chain of fragments would cost exponential time. */
function createMeasure(context: ValidationContext): (selections: SelectionSetNode) => Size {
  const fragments = new Map<string, Size>();

  function measure(selections: SelectionSetNode): Size {
    let { depth, height, aliases, fields } = nothing;
    for (const selection of selections.selections) {
      if (selection.kind === Kind.FIELD) {
        height += 1;
        aliases += selection.alias ? 1 : 0;
        if (selection.name.value.startsWith('__')) continue;
        const inner = selection.selectionSet ? measure(selection.selectionSet) : nothing;
        depth = Math.max(depth, inner.depth + 1);
        height += inner.height;
        aliases += inner.aliases;
        fields += 1;
      } else {
        const inner =
          selection.kind === Kind.INLINE_FRAGMENT
            ? measure(selection.selectionSet)
            : measureFragment(selection.name.value);
        depth = Math.max(depth, inner.depth);
        height += inner.height;
        aliases += inner.aliases;
        fields += inner.fields;
      }
    }
    return { depth, height, aliases, fields };
  }

  function measureFragment(name: string): Size {
    const known = fragments.get(name);
    if (known) return known;
    // A fragment that spreads itself is refused by another rule; here it must only end.
    fragments.set(name, nothing);
    const fragment = context.getFragment(name);
    const size = fragment ? measure(fragment.selectionSet) : nothing;
    fragments.set(name, size);
    return size;
  }

  return measure;
}

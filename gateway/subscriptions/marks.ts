import type { Schema } from '@apollo/federation-internals';
import {
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';

/** What subgraphs say of their fields, for live streams. */
export interface LiveMarks {
  /** Fields that are the same for whoever asks, as `Type.field`. */
  readonly viewerIndependent: ReadonlySet<string>;
  /** The key's selection of conflated subscription fields, by the field's name. */
  readonly conflatedBy: ReadonlyMap<string, string>;
}

const identity = 'https://mammon.dev/specs/live';

/** Reads the directives of our `live` specification from a composed supergraph. */
export function readLiveMarks(supergraph: Schema): LiveMarks {
  const feature = supergraph.coreFeatures?.getByIdentity(identity);
  const applications = (name: string) => {
    const definition = feature && supergraph.directive(feature.directiveNameInSchema(name));
    return [...(definition?.applications() ?? [])];
  };
  const viewerIndependent = new Set(
    applications('viewerIndependent').map(({ parent }) => coordinateOf(parent)),
  );
  const root = supergraph.schemaDefinition.rootType('subscription')?.name;
  const conflatedBy = new Map<string, string>();
  for (const applied of applications('conflated')) {
    const [type, field] = coordinateOf(applied.parent).split('.');
    const by: unknown = applied.arguments()['by'];
    if (type === root && field && typeof by === 'string') conflatedBy.set(field, by);
  }
  return { viewerIndependent, conflatedBy };
}

const coordinateOf = (element: unknown) => (element as { readonly coordinate: string }).coordinate;

/**
 * Whether nothing in the answer depends on who asks: every field that is selected is marked, in every
 * type that it may be selected on. A field without the mark is private.
 */
export function isViewerIndependent(
  schema: GraphQLSchema,
  { viewerIndependent }: LiveMarks,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): boolean {
  if (viewerIndependent.size === 0) return false;
  const types = new TypeInfo(schema);
  let independent = true;
  const reached: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [operation, ...fragmentsOf(document)],
  };
  visit(
    reached,
    visitWithTypeInfo(types, {
      Field({ name }) {
        if (name.value === '__typename') return;
        const parent = getNamedType(types.getParentType());
        const owners = isObjectType(parent)
          ? [parent]
          : isInterfaceType(parent)
            ? schema.getPossibleTypes(parent)
            : [];
        const marked = owners.every((type) => viewerIndependent.has(`${type.name}.${name.value}`));
        if (owners.length === 0 || !marked) independent = false;
      },
    }),
  );
  return independent;
}

/** All of them: validation lets none stand unused. */
function fragmentsOf({ definitions }: DocumentNode): readonly FragmentDefinitionNode[] {
  return definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION);
}

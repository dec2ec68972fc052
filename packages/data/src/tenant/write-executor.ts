import {
  BinaryOperationNode,
  ColumnNode,
  DeleteQueryNode,
  OperatorNode,
  type QueryId,
  QueryNode,
  ReferenceNode,
  type RootOperationNode,
  TableNode,
  UpdateQueryNode,
  ValueNode,
} from 'kysely'
import { brokerPlaceholder } from './compiler.ts'
import { TenantExecutor } from './executor.ts'
import type { Runner } from './session.ts'

/**
 * Runs updates and deletes of one table. The broker's condition is added when the query is complete, so that no
 * `clearWhere` can take it off.
 */
export class WriteExecutor extends TenantExecutor {
  readonly #isOwn: BinaryOperationNode

  constructor(runner: Runner, table: string) {
    super(runner)
    const brokerId = ReferenceNode.create(ColumnNode.create('broker_id'), TableNode.create(table))
    this.#isOwn = BinaryOperationNode.create(
      brokerId,
      OperatorNode.create('='),
      ValueNode.create(brokerPlaceholder),
    )
  }

  override transformQuery<Node extends RootOperationNode>(node: Node, queryId: QueryId): Node {
    const transformed: RootOperationNode = super.transformQuery(node, queryId)
    if (!UpdateQueryNode.is(transformed) && !DeleteQueryNode.is(transformed)) {
      throw new Error('Only updates and deletes are run here')
    }
    // A condition more does not change what kind of node it is.
    return QueryNode.cloneWithWhere(transformed, this.#isOwn) as RootOperationNode as Node
  }
}

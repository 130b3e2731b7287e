import type { MikroORM } from '@mikro-orm/postgresql';
import { openOrm } from '#kit/orm.ts';
import { entities } from './entities.ts';
import { migrations } from './migrations.ts';

/** Opens the orders database, at its latest migration. */
export const openDatabase = (url: string, poolSize = 8): Promise<MikroORM> =>
  openOrm({ url, entities, migrations, poolSize });

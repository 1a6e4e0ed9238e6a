import Warehouse

extension BatchGroup: MergeableGroup {}

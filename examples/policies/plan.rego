# What a reviewer of plans asks, in Rego, for conftest, OPA or whatever reads Terraform's plans:
#   provisor show plan.bin --format terraform-json > plan.json
#   conftest test --policy examples/policies --namespace provisor.plan plan.json
package provisor.plan

import rego.v1

products contains row if {
	some row in input.resource_changes
	row.type == "aws_servicecatalog_provisioned_product"
}

# whatever is there afterwards says who owns it, changed or not
deny contains message if {
	some row in products
	row.change.after != null
	not row.change.after.tags.owner
	message := sprintf("%s has no owner", [row.address])
}

# what holds data goes by hand only
deny contains message if {
	some row in products
	"delete" in row.change.actions
	row.change.before.product_name == "vault"
	message := sprintf("%s would be destroyed", [row.address])
}

# a parameter by its key; what is known only after the apply has no value yet
value(product, key) := found if {
	some parameter in product.provisioning_parameters
	parameter.key == key
	found := parameter.value
}

warn contains message if {
	some row in products
	to_number(value(row.change.after, "Size")) > 10
	message := sprintf("%s is large", [row.address])
}

# terraform-compliance -p plan.json -f examples/policies
Feature: what is provisioned belongs to somebody

  Scenario: every product has an owner
    Given I have aws_servicecatalog_provisioned_product defined
    Then it must contain tags
    And it must contain owner

  Scenario: every product is made of a version that has a name
    Given I have aws_servicecatalog_provisioned_product defined
    Then it must contain provisioning_artifact_name

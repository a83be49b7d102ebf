"""The language of scenarios as JSON Schema, for the autocompletion and the checks of editors."""

from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from sandbox.playback.language import STEPS, Repeat, Scenario, Step
from sandbox.playback.language.merchant import MEANWHILE

__all__ = ["scenario_schema"]

_MODE: Final[JsonSchemaMode] = "validation"
_DEFINITIONS: Final = "#/$defs/{model}"


def scenario_schema() -> dict[str, Any]:
    """Return the schema of a scenario file (JSON Schema 2020-12)."""
    models: list[type[BaseModel]] = [Scenario, Repeat, *STEPS.values()]
    references, schema = models_json_schema([(model, _MODE) for model in models], ref_template=_DEFINITIONS)
    definitions = schema["$defs"]
    steps = {key: _of_step(step, references[step, _MODE], definitions) for key, step in STEPS.items()}
    steps["repeat"] = references[Repeat, _MODE]
    definitions["Step"] = {
        "type": "object",
        "description": "One step: one key, `actor.action`.",
        "properties": steps,
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    for story in (definitions["Scenario"], definitions["Repeat"]):
        story["properties"]["steps"]["items"] = {"$ref": "#/$defs/Step"}
    for members in (definition.get("properties", {}) for definition in definitions.values()):
        for meanwhile in MEANWHILE:
            if meanwhile in members:
                members[meanwhile]["anyOf"][0]["items"] = {"$ref": "#/$defs/Step"}
    include = definitions["Scenario"]["properties"]["include"]
    definitions["Scenario"]["properties"]["include"] = {
        "description": include.pop("description"),
        "anyOf": [{"type": "string"}, include],
    }
    definitions["Person"] = {"anyOf": [{"type": "string", "pattern": r"^\d{9,15}$"}, definitions["Person"]]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A scenario of the Vipps sandbox",
        "$ref": "#/$defs/Scenario",
        "$defs": dict(sorted(definitions.items())),
    }


def _of_step(step: type[Step], reference: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Return a step's value: its fields, what stands for one of them, or nothing at all."""
    model = definitions[reference["$ref"].rpartition("/")[2]]
    forms: list[dict[str, Any]] = [reference]
    if step.shorthand is not None:
        forms.append(_without_null(model["properties"][step.shorthand]))
    if _may_be_bare(step):
        forms.append({"type": "null"})
    return {"description": model["description"], "anyOf": forms}


def _may_be_bare(step: type[Step]) -> bool:
    try:
        step.model_validate(None)
    except ValidationError:
        return False
    return True


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    forms = [form for form in schema.get("anyOf", [schema]) if form.get("type") != "null"]
    return forms[0] if len(forms) == 1 else {"anyOf": forms}

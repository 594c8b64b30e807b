package oracle;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.context.support.IValidationSupport.IssueSeverity;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.SingleValidationMessage;
import ca.uhn.fhir.validation.ValidationOptions;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.UnknownCodeSystemWarningValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.r5.utils.validation.constants.BestPracticeWarningLevel;

/**
 * What HAPI's validator says of many resources, offline, in one run.
 *
 * <p>Arguments: where the definitions are, see {@link Definitions}. Standard input: one JSON object a line, {"name", "text": the
 * resource as it was sent, "profile": a canonical or absent}. Standard output: one for each, {"name", "ms": processor time,
 * "issues": [[severity, expression, message id, message], ...]}.
 */
public final class Oracle {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private Oracle() {}

    public static void main(String[] definitions) throws IOException {
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setOut(System.err); // what the libraries print is no answer
        FhirValidator validator = validator(definitions);
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = questions.readLine(); line != null; line = questions.readLine()) {
            answers.println(JSON.writeValueAsString(answer(JSON.readTree(line), validator)));
        }
    }

    private static FhirValidator validator(String[] definitions) throws IOException {
        FhirContext context = FhirContext.forR4();
        UnknownCodeSystemWarningValidationSupport undecided = new UnknownCodeSystemWarningValidationSupport(context);
        undecided.setNonExistentCodeSystemSeverity(IssueSeverity.WARNING);
        FhirInstanceValidator instances = new FhirInstanceValidator(new ValidationSupportChain(
                Definitions.read(context, definitions),
                new DefaultProfileValidationSupport(context),
                new CommonCodeSystemsTerminologyService(context),
                new InMemoryTerminologyServerValidationSupport(context),
                new SnapshotGeneratingValidationSupport(context),
                undecided));
        instances.setErrorForUnknownProfiles(false);
        instances.setAllowExamples(true);
        instances.setBestPracticeWarningLevel(BestPracticeWarningLevel.Ignore);
        return context.newValidator().registerValidatorModule(instances);
    }

    private static ObjectNode answer(JsonNode question, FhirValidator validator) {
        ValidationOptions options = new ValidationOptions();
        if (question.hasNonNull("profile")) {
            options.addProfile(question.get("profile").asText());
        }
        ObjectNode answer = JSON.createObjectNode();
        answer.set("name", question.get("name"));
        ArrayNode issues = answer.putArray("issues");
        long begun = THREADS.getCurrentThreadCpuTime();
        try {
            for (SingleValidationMessage said : validator.validateWithResult(question.get("text").asText(), options).getMessages()) {
                issues.addArray().add(said.getSeverity().getCode()).add(said.getLocationString()).add(said.getMessageId()).add(said.getMessage());
            }
        } catch (RuntimeException refused) { // HAPI throws at some text that is not FHIR JSON at all
            issues.addArray().add("fatal").add("").add("unreadable").add(refused.toString());
        }
        return answer.put("ms", (THREADS.getCurrentThreadCpuTime() - begun) / 1e6);
    }
}

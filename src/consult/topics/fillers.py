"""Words that respondents use whatever they write about; they tell topics apart in no consultation."""

from __future__ import annotations

from functools import cache

_FILLERS = {
    "en": """
        promote guarantee protect assess develope attach upload deploy deploying creating creation regulate adopt adapt combine using ensuring making invest
        able about above accept accord according account achieve across act action actual actually add addition additional
        address adequate agree aim allow already also always amount analysis answer apply approach appropriate area argue
        aspect assume assure attention attempt avoid aware base basic basis become begin believe benefit best better beyond
        big bring broad build call capable careful carefully carry case cause certain certainly challenge change choice
        choose clear clearly come comment common complete completely concerned conclude consequence consider
        consideration considered constitute contain context continue contribute correct cover create crucial current
        currently deal decide deem define definition degree demand depend describe despite detail determine develop
        different difficult direct directly discuss discussion doubt due easily easy effect effective effectively effort
        emphasise emphasize enable encourage enough ensure entire entirely especially essential establish etc even example
        exclude exist existing expect explain express extent extremely face facilitate fact factor far feel field find focus
        follow following foresee form foster framework frequently full fully function further
        future general generally get give given go goal good great happen hard help high higher highly hope idea
        identify imagine immediate impact implement implication imply important importance impossible improve include
        including increase increasingly indeed indicate instance instead intend introduce invest involve issue item
        just keep kind know lack large largely last lead leave less let level like likely limit limited line list little
        long look lot low main mainly maintain major make many matter mean meaning measure mention merely method minimum mind
        moment moreover much multiple mutual namely necessarily necessary necessity need negative new next note
        nothing notion number objective obvious obviously occur offer often ongoing opinion opportunity order
        outcome overall paper part particular particularly people perform person perspective
        phase place plan play point position positive possibility possible possibly potential potentially practical practice
        precisely prefer present prevent previous primarily principle prior priority probably proceed produce
        proper properly propose proposed proposal provide provided provision purpose pursue put question quite raise range
        rather reach real realise really reason reasonable recommend reduce refer reference regard regarding related
        relation relevant rely remain require respect respective respectively respond response result role say second
        section see seem sense separate serious seriously serve set several share show significant significantly similar simple simply
        situation solely solve sort specific specifically specify stage stand start state statement
        step still strengthen strong strongly structure subject substantial such sufficient sufficiently suggest suggestion suitable
        support sure take target task tend term thank therefore thing think third thus time today together topic towards try
        turn type typically ultimately unclear underline understand understanding undertake unless unlike urge use useful
        usage usually value various vary very via view vital want way welcome well whatever wherever whether white whole wide wider
        widely willing wish within without word worth write wrong year yes yet
        accordingly actor additionally address allowing alone along amongst apart appear aspects available based basically
        cf company concept concerning concrete conduct consist criterion decision desirable
        desire draw early end fairly false finally first follows furthermore grow hence hereby hold
        however ie imagine inside intended itself jointly keeping later least look lose lower maybe maximum merely
        move must nearly needed nevertheless normally obtain one only open operate option ought outside own parameter
        particularity pay per perhaps permit phrase pose prove quickly rapid rapidly rarely read ready receive
        recently recognise recognize regardless regards reflect remember remove repeat replace represent resp run
        secondly seek seen send shall short side sometimes somehow soon special spend stay stop
        strictly sum system systems talk tell throughout tool touch true two three four five ten hundred thousand
        unfortunately unnecessary until upon us variety view wait whereas whereby whole whose wording
        ability accordance meet ways
        ha ve re ll don doesn isn aren won shouldn wouldn couldn hasn haven did done does doing having being
    """,
    "de": """
        ab aber abhängig alle allem allen allerdings allgemein also ander andere anderen anwendung art aspekt aufgabe ausreichend
        bedarf bedeuten beispiel beispielsweise bereich bereits besonders besser bestehen bestehend bestimmt betreffen bieten bringen
        daher dabei damit davon dazu ebenfalls ebenso eher eigen einbeziehen einsatz einzeln entsprechend entstehen entwickeln
        entwicklung erfolgen erforderlich ermöglichen etwa fall folgen folgend form frage führen geben gehen gelten gemeinsam
        generell gering gesamt gewährleisten gleich gleichzeitig groß grund grundsätzlich gut halten handeln hierbei hinblick hoch
        insbesondere jedoch jeweilig klar kommen konkret könnte lassen leisten liegen machen mittel
        möglich möglichkeit müssen nehmen neu notwendig nutzen nutzung nötig punkt rahmen richtig rolle sache schaffen schon sehen
        sehr sein setzen sicherstellen sinn sinnvoll sollen sowie sowohl spielen stark stehen stellen teil thema
        tun umgang unbedingt unterschiedlich usw verschieden verstehen viel vorhanden wahrscheinlich weg weise weit weiter
        weitere welch werden wert wichtig wirklich wissen wollen wäre würde ziel zudem zukunft zusätzlich zwischen beim
        person personen person
    """,
    "fr": """
        ainsi aller aspect assurer aucun aujourd avis avoir besoin bien cadre cas certain clair cela comprendre concerner considérer
        contexte créer devoir différent dire domaine donner effet élément ensemble essentiel éviter exemple existant
        façon faire fois forme garantir grand important lieu lier mesure mettre mieux mise mode moyen
        nécessaire nécessiter niveau nombreux nouveau objectif ordre outil part particulier permettre personne plusieurs point possible
        pouvoir prendre présent principe problème proposer propre question raison rapport réel rendre rôle savoir sens
        seul soit souvent sujet suivre système terme tenir tout type utilisation utiliser
        venir voir vouloir
    """,
    "es": """
        además ámbito aplicación asegurar aspecto así caso clave considerar creer dar deber decir desarrollar desarrollo
        diferente distinto ejemplo existir fin forma garantizar gran hacer haber importante ir
        llevar lugar manera mayor medida medio mejor mejorar mismo necesario necesidad nivel nuevo objetivo parte permitir persona
        poder poner posible principal problema proceso propio puede punto realizar relación sentido ser sistema tal
        tema tener tener tipo todo tomar tratar usar uso utilizar ver vez
    """,
    "it": """
        ambito applicazione aspetto attraverso attività base bisogno campo caso considerare creare dare dire diverso dovere
        esempio essere essenziale fare fine forma garantire grande importante livello maggiore mezzo migliorare
        modo necessario necessità nuovo obiettivo parte particolare permettere persona possibile potere prendere presente problema
        processo proprio punto qualsiasi rendere sapere sempre senso settore singolo sistema situazione stato stesso strumento sviluppo
        tema tenere tipo trattare tutto usare uso utilizzare utilizzo vario venire verso
    """,
    "nl": """
        aan aandacht aantal belangrijk beter bijvoorbeeld brengen daarbij daarnaast dergelijk dienen doel doen eigen
        gaan gebied gebruik gebruiken geven goed groot houden hebben hierbij kader komen kunnen laten maken manier mate middel mogelijk
        moeten mogen natuurlijk nemen nieuw nodig onder ontwikkelen ontwikkeling persoon punt rol slecht soort stellen systeem
        toepassing vaak verschillend vinden voldoende vooral vorm vraag weten willen worden zaak zien zorgen zullen
    """,
    "pt": """
        além âmbito aplicação aspecto assim caso considerar criar dar dever dizer desenvolvimento diferente
        exemplo existir fazer forma garantir grande haver importante ir maior medida meio melhor mesmo necessário
        necessidade nível novo objetivo parte permitir pessoa poder ponto possível problema processo próprio questão relação sentido ser
        sistema tal tema ter tipo todo uso usar utilização utilizar ver vez
    """,
    "pl": """
        być bardzo cel czas dobry duży dziedzina forma inny istnieć jeden każdy konieczny kwestia mieć można móc musieć należeć
        nowy obszar osoba powinien powinno pozwalać problem przykład różny rodzaj sposób system
        taki ważny wiele własny zakres zapewnić zastosowanie zostać
    """,
    "sv": "använda användning behöva behov bra bör exempel finnas form få ge göra hög kunna ligga ny område olika sak se sätt stor system ta vara viktig",
    "da": "anvende anvendelse behov bruge burde eksempel form få give god gøre høj kunne ligge måde ny område se sikre stor system tage være vigtig",
    "fi": "alue asia antaa ei esimerkki hyvä järjestelmä käyttää käyttö merkittävä muu olla pitää suuri saada tapa tarve tehdä tulla tärkeä uusi voida",
    "cs": "být dobrý forma další mít moci možnost muset nový oblast otázka problém příklad různý systém velký způsob",
    "sk": "byť dobrý forma ďalší mať môcť možnosť musieť nový oblasť otázka problém príklad rôzny systém veľký spôsob",
    "ro": "acest avea bun caz exemplu face fi fiecare important nevoie nou persoană poate problemă putea sistem trebui trebuie",
    "hu": "eset fontos kell kérdés lehet más mód nagy például rendszer szükséges terület új van",
}


@cache
def fillers(language: str) -> frozenset[str]:
    """Return such words of one language, lower-cased; empty where no list was made."""
    return frozenset(_FILLERS.get(language, "").split())
